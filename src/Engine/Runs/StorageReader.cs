using System.Globalization;
using Cairn.Hocon.Values;
using Cairn.Storage.Derived;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>checkpoint</c> and <c>output</c>.</summary>
internal static class StorageReader
{
    /// <summary>The most lead times that a shard holds unless more are asked for: until it is whole it takes memory.</summary>
    private const int MostPerShard = 16;

    public static CheckpointSpec Checkpoint(SettingReader reader, ModelKind? kind)
    {
        var path = SpecPaths.Output(reader, "checkpoint.path", "the run's folder for checkpoints");
        var mode = reader.Word<CheckpointMode>("checkpoint.mode", CheckpointMode.Append) ?? CheckpointMode.Append;
        return new CheckpointSpec
        {
            Path = path,
            Chm = kind == ModelKind.Mesh ? ChmSpec.Read(reader, path) : null,
            Mode = mode,
            FlushInterval = IsAuto(reader) ? null : FlushInterval(reader),
            AutoFlush = IsAuto(reader),
            HistorySize = mode == CheckpointMode.Append
                ? reader.IntegerOr("checkpoint.history-size", "none", null, "how many sessions are kept")
                : null,
            Level = reader.Integer("checkpoint.level", 2, 0, 2, "how much state is stored"),
            Durability = reader.Word<CheckpointDurability>("checkpoint.durability", CheckpointDurability.Full) ?? default,
            OnFingerprintChange = reader.Word<FingerprintPolicy>("checkpoint.on-fingerprint-change", FingerprintPolicy.Refuse) ?? default,
            VerifyResume = reader.Integer(
                "checkpoint.verify-resume", 0, 0, int.MaxValue, "how many steps a restart may repeat to verify itself"),
        };
    }

    public static OutputSpec Output(SettingReader reader, CheckpointSpec checkpoint)
    {
        if (reader.Word<OutputKind>("output.kind", OutputKind.Zarr) is null or OutputKind.None)
        {
            return new OutputSpec { Kind = OutputKind.None };
        }

        var path = SpecPaths.Output(reader, "output.path", "the store that fields are written to");
        var every = reader.Integer("output.every", 1, 1, int.MaxValue, "how many boundaries lie between written fields");
        var perChunk = reader.Integer("output.lead-times-per-chunk", 1, 1, int.MaxValue, "how many lead times a chunk holds");
        var format = reader.Integer("output.zarr-format", 2, 2, 3, "the version of Zarr");
        return new OutputSpec
        {
            Kind = OutputKind.Zarr,
            Path = path,
            Variables = reader.Names("output.variables"),
            Every = every,
            ZarrFormat = format,
            LeadTimesPerChunk = perChunk,
            LeadTimesPerShard = format == 3 ? LeadTimesPerShard(reader, (long)every * perChunk, perChunk, checkpoint) : null,
            Compression = reader.Word<OutputCompression>("output.compression", OutputCompression.Zlib) ?? default,
            KeepBits = KeepBits(reader),
            Units = Units(reader),
            Box = Box(reader),
            CoordinateNames = reader.Word<CoordinateNames>("output.coordinate-names", CoordinateNames.Cf) ?? default,
            LongitudeFrom = LongitudeFrom(reader),
            LatitudeOrder = reader.Word<LatitudeOrder>("output.latitude-order", LatitudeOrder.Grid) ?? default,
            Picture = PictureReader.Read(reader, path),
            NetCdf = NetCdf(reader),
            Statistics = Statistics(reader),
            KeepMembers = KeepMembers(reader),
        };
    }

    /// <summary>
    /// Without a word of it, as many as the flush interval allows, so that a shard is complete at every commit; with an interval that is
    /// found out while the run goes on, a chunk.
    /// </summary>
    private static int LeadTimesPerShard(SettingReader reader, long boundariesPerChunk, int perChunk, CheckpointSpec checkpoint)
    {
        const string key = "output.lead-times-per-shard";
        var most = checkpoint.AutoFlush ? 1 : Math.Max(1, MostPerShard / perChunk);
        var chunks = Enumerable.Range(1, most).Last(
            n => n == 1 || checkpoint.FlushInterval is not { } interval || interval % (n * boundariesPerChunk) == 0);
        var perShard = reader.Integer(key, chunks * perChunk, 1, int.MaxValue, "how many lead times a shard holds");
        if (perShard % perChunk != 0)
        {
            reader.Wrong(key, reader.Find(key), string.Create(
                CultureInfo.InvariantCulture, $"a whole multiple of output.lead-times-per-chunk = {perChunk}"));
        }

        return perShard;
    }

    private static List<KeepBitsSpec> KeepBits(SettingReader reader)
    {
        const string expected = "an object of bits from 1 to 23 by variable, such as { u = 12 }";
        var kept = new List<KeepBitsSpec>();
        foreach (var (variable, value) in ByVariable(reader, "output.keep-bits", expected))
        {
            if (int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits is >= 1 and <= 23)
            {
                kept.Add(new KeepBitsSpec(variable, bits));
            }
            else
            {
                reader.Wrong($"output.keep-bits.{variable}", value, expected);
            }
        }

        return kept;
    }

    private static List<SpecEntry> Units(SettingReader reader) =>
    [
        .. ByVariable(reader, "output.units", "an object of units by variable, such as { t2m = K, tp = \"kg m-2\" }")
            .Select(pair => new SpecEntry(pair.Variable, pair.Value.Text)),
    ];

    private static List<(string Variable, HoconScalar Value)> ByVariable(SettingReader reader, string key, string expected)
    {
        var found = reader.Find(key);
        if (found is not null and not HoconObject)
        {
            reader.Wrong(key, found, expected);
        }

        var pairs = new List<(string Variable, HoconScalar Value)>();
        foreach (var variable in (found as HoconObject)?.Keys ?? [])
        {
            if (((HoconObject)found!)[variable] is HoconScalar { IsNull: false, Text.Length: > 0 } value)
            {
                pairs.Add((variable, value));
            }
            else
            {
                reader.Wrong($"{key}.{variable}", ((HoconObject)found)[variable], expected);
            }
        }

        return [.. pairs.OrderBy(p => p.Variable, StringComparer.Ordinal)];
    }

    private static double? LongitudeFrom(SettingReader reader) => reader.Read<double?>(
        "output.longitude-from", null, false, "grid, or degrees east from -360 to 360 such as -180 or 0",
        static (HoconScalar scalar, out double? from) =>
        {
            from = scalar.TryDouble(out var degrees) ? degrees : null;
            return scalar.Text == "grid" || from is >= -360 and <= 360;
        });

    private static string? NetCdf(SettingReader reader)
    {
        const string key = "output.netcdf";
        var path = SpecPaths.OutputFile(reader, key, "a NetCDF file for the fields of every member");
        if (path is not null && FieldsPart.UnknownPlace(path) is { } unknown)
        {
            reader.Wrong(key, reader.Find(key), $"a path with {unknown} in it",
                "{member} and {day} in the name of the file, for a file of each, or neither");
        }

        return path;
    }

    private static StatisticsSpec? Statistics(SettingReader reader)
    {
        const string key = "output.statistics.quantiles";
        var path = SpecPaths.OutputFile(reader, "output.statistics.path", "a NetCDF file for statistics over the members");
        if (path is not null && (path.Contains('{', StringComparison.Ordinal) || path.Contains('}', StringComparison.Ordinal)))
        {
            reader.Wrong("output.statistics.path", reader.Find("output.statistics.path"), "a path with braces in it", "one file");
        }

        if (reader.Find(key) is not { } value)
        {
            return path is null ? null : new StatisticsSpec(path, StatisticsSpec.UsualQuantiles);
        }

        var numbers = new List<double>();
        foreach (var item in (value as HoconArray)?.Items.OfType<HoconScalar>() ?? [])
        {
            numbers.Add(item.TryDouble(out var number) && number is >= 0 and <= 1 ? number : double.NaN);
        }

        if (value is not HoconArray list || list.Items.Count != numbers.Count || numbers.Exists(double.IsNaN)
            || numbers.Zip(numbers.Skip(1)).Any(p => p.First >= p.Second))
        {
            reader.Wrong(key, value, "numbers from 0 to 1 in growing order, such as [0.1, 0.5, 0.9]; [] for none");
        }

        if (path is null)
        {
            reader.Wrong(key, value, "quantiles without a file to write them to", "output.statistics.path beside it");
        }

        return path is null ? null : new StatisticsSpec(path, numbers);
    }

    private static bool KeepMembers(SettingReader reader)
    {
        const string key = "output.keep-members";
        var keep = reader.Read(key, true, false, "true or false",
            (HoconScalar scalar, out bool value) => bool.TryParse(scalar.Text, out value));
        if (!keep && reader.Find("output.netcdf") is null && reader.Find("output.statistics.path") is null)
        {
            reader.Wrong(key, reader.Find(key), "false, with nothing that is kept instead",
                "output.netcdf or output.statistics.path beside it");
        }

        return keep;
    }

    // An explicit null says the same as "none"; only a missing key takes the default.
    private static int? FlushInterval(SettingReader reader)
    {
        const string key = "checkpoint.flush-interval";
        return reader.Root.Find(key.Split('.')) is HoconScalar { IsNull: true }
            ? null
            : reader.IntegerOr(key, "none", 1, "auto, or every how many boundaries a commit is made");
    }

    private static bool IsAuto(SettingReader reader) => reader.Find("checkpoint.flush-interval") is HoconScalar { Text: "auto" };

    private static BoxSpec? Box(SettingReader reader)
    {
        const string latitude = "output.box.latitude";
        const string longitude = "output.box.longitude";
        var rows = reader.Pair(latitude, reader.Find(latitude), "[south, north] in degrees, from -90 to 90, south below north",
            (south, north) => south >= -90 && north <= 90 && south < north);
        var columns = reader.Pair(longitude, reader.Find(longitude),
            "[west, east] in degrees, each from -180 to 360, at most 360 apart; west above east crosses the seam",
            (west, east) => west is >= -180 and <= 360 && east is >= -180 and <= 360 && east != west && Math.Abs(east - west) <= 360);
        return rows is null && columns is null ? null : new BoxSpec(Range(rows), Range(columns));
    }

    private static DegreeRange? Range((double First, double Second)? pair) => pair is { } p ? new DegreeRange(p.First, p.Second) : null;
}
