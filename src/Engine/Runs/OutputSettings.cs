using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Engine.Pictures;
using Cairn.Engine.Settings;
using Cairn.Hocon.Values;
using Cairn.Storage.Derived;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Runs;

/// <summary>The settings of <c>output</c>.</summary>
internal static class OutputSettings
{
    /// <summary>The most lead times that a shard holds unless more are asked for: until it is whole it takes memory.</summary>
    private const int MostPerShard = 16;

    private const string Auto = "auto", Off = "off";

    private static readonly OutputSpec Usual = new() { Kind = OutputKind.Zarr };

    public static readonly SettingSection<OutputSpec> Section = new("output", spec => spec.Output);

    private static readonly Setting<OutputKind> Kind = Section.Add(
        "kind", Word<OutputKind>(), o => o.Kind, usual: OutputKind.Zarr, shapes: Shaping.Layout,
        help: "How fields are written: zarr, or none for not at all.");

    /// <summary>What there is where fields are written.</summary>
    public static readonly SettingSection<OutputSpec> Fields = new("output", spec => spec.Output, Kind.Is(OutputKind.Zarr));

    private static readonly Setting<string> Path = Fields.Add(
        "path", OutputFolder("the store that fields are written to"), o => o.Path!, isOfRun: true, example: "out/january-winds/fields.zarr",
        help: "The store.");

    private static readonly Setting<IReadOnlyList<string>?> Variables = Fields.Add(
        "variables", Names, o => o.Variables, unset: "all", shapes: Shaping.Layout, example: "[vorticity, u, v]",
        help: "Which output variables of the model and the diagnostics. By default all.");

    private static readonly Setting<int> Every = Fields.Add(
        "every", Integer("how many boundaries lie between written fields", 1), o => o.Every, usual: Usual.Every, shapes: Shaping.Layout,
        help: "Fields of every this many boundaries are written.");

    private static readonly Setting<int> ZarrFormat = Fields.Add(
        "zarr-format", Integer("the version of Zarr", 2, 3), o => o.ZarrFormat, usual: Usual.ZarrFormat, shapes: Shaping.Layout,
        ifUnusual: true,
        help: "The version of Zarr: 2, which writes a file a chunk; or 3, which writes a file a shard of chunks, and fewer files so.");

    private static readonly Setting<int> LeadTimesPerChunk = Fields.Add(
        "lead-times-per-chunk", Integer("how many lead times a chunk holds", 1), o => o.LeadTimesPerChunk, usual: Usual.LeadTimesPerChunk,
        shapes: Shaping.Layout,
        help: "How many lead times a chunk holds; times output.every it divides checkpoint.flush-interval.");

    private static readonly Setting<int?> LeadTimesPerShard = Fields.Add(
        "lead-times-per-shard", Maybe(Integer("how many lead times a shard holds", 1)), o => o.LeadTimesPerShard,
        unset: "by the flush interval", shapes: Shaping.Layout, ifUnusual: true, only: ZarrFormat.Is(3), example: "4",
        help: "How many lead times a shard holds, whole chunks of them; times output.every it divides "
            + "checkpoint.flush-interval. By default as many as do, up to 16; with flush-interval = auto, those of a chunk.");

    private static readonly Setting<OutputCompression> Compression = Fields.Add(
        "compression", Word<OutputCompression>(), o => o.Compression, usual: OutputCompression.Zlib, shapes: Shaping.Layout,
        help: "How chunks are compressed: zlib (gzip in version 3); zstd, Zstandard over shuffled bytes, smaller and faster; or none.");

    private static readonly Setting<string> Picture = Fields.Add(
        "picture", Text("auto, off, or the path of an HTML file", t => !t.Contains('\0', StringComparison.Ordinal)), WrittenPicture,
        usual: Auto, isOfRun: true,
        help: "The page with maps and plots that is drawn of the fields when the run ends: auto (forecast.html beside a store named "
            + "fields.zarr, NAME.forecast.html beside any other), off, or a path.");

    private static readonly Setting<DegreeRange?> Latitude = Fields.Add(
        "box.latitude",
        Range("[south, north] in degrees, from -90 to 90, south below north",
            (south, north) => south >= -90 && north <= 90 && south < north),
        o => o.Box?.Latitude, unset: "all", shapes: Shaping.Layout, unit: "degrees", example: "[20, 80]",
        help: "The rows that are written, [south, north]. By default all.");

    private static readonly Setting<DegreeRange?> Longitude = Fields.Add(
        "box.longitude",
        Range("[west, east] in degrees, each from -180 to 360, at most 360 apart; west above east crosses the seam",
            (west, east) => west is >= -180 and <= 360 && east is >= -180 and <= 360 && east != west && Math.Abs(east - west) <= 360),
        o => o.Box?.Longitude, unset: "all", shapes: Shaping.Layout, unit: "degrees", example: "[-30, 60]",
        help: "The columns that are written, [west, east]; west above east crosses the seam, from which the longitudes of the output "
            + "go on from -180 to 180 (docs/sources.md). By default all.");

    private static readonly Setting<IReadOnlyList<KeepBitsSpec>> KeepBits = Fields.Add(
        "keep-bits", ByVariable(
            "an object of bits from 1 to 23 by variable, such as { u = 12 }",
            (variable, value) => int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && bits is >= 1 and <= 23 ? new KeepBitsSpec(variable, bits) : null,
            kept => (kept.Variable, kept.Bits)) with { Entries = ByKey },
        o => o.KeepBits, usual: Given<IReadOnlyList<KeepBitsSpec>>.Of([]), shapes: Shaping.Layout, example: "{ u = 12 }",
        help: "How many bits of the mantissas of some variables are kept, from 1 to 23, by variable: { u = 12 } rounds u to 12 bits, "
            + "an error of at most 2^-13 of each value. By default all.");

    private static readonly Setting<IReadOnlyList<SpecEntry>> Units = Fields.Add(
        "units", ByVariable(
            "an object of units by variable, such as { t2m = K, tp = \"kg m-2\" }",
            (variable, value) => new SpecEntry(variable, value.Text), unit => (unit.Key, unit.Value)),
        o => o.Units, usual: Given<IReadOnlyList<SpecEntry>>.Of([]), example: "{ t2m = K }",
        help: "Units (UDUNITS) of variables of which neither the model nor the input tells them, by variable: { t2m = K }.");

    private static readonly Setting<CoordinateNames> Coordinates = Fields.Add(
        "coordinate-names", Word<CoordinateNames>(), o => o.CoordinateNames, usual: CoordinateNames.Cf, shapes: Shaping.Layout,
        ifUnusual: true, help: "What latitude and longitude are called: cf (latitude, longitude) or short (lat, lon).");

    private static readonly Setting<double?> LongitudeFrom = Fields.Add(
        "longitude-from",
        Or("grid", Number("degrees", from => from is >= -360 and <= 360), "grid, or degrees east from -360 to 360 such as -180 or 0"),
        o => o.LongitudeFrom, usual: null, shapes: Shaping.Layout, ifUnusual: true, unit: "degrees",
        help: "Where longitudes begin, to go eastward once around: degrees from -360 to 360, such as -180 or 0, or grid for those of "
            + "the model's grid.");

    private static readonly Setting<LatitudeOrder> Order = Fields.Add(
        "latitude-order", Word<LatitudeOrder>(), o => o.LatitudeOrder, usual: LatitudeOrder.Grid, shapes: Shaping.Layout, ifUnusual: true,
        help: "Which way latitudes go: grid (as the model's), northward or southward.");

    private static readonly Setting<string?> NetCdf = Fields.Add(
        "netcdf", OutputFile("a NetCDF file for the fields of every member"), o => o.NetCdf, unset: "none", isOfRun: true,
        example: "out/january-winds/fields.nc",
        help: "A NetCDF file with the fields of every member, made when the run has ended; {member} and {day} in its (quoted) name "
            + "make a file of each. By default none.");

    private static readonly Setting<string?> StatisticsPath = Fields.Add(
        "statistics.path", OutputFile("a NetCDF file for statistics over the members"), o => o.Statistics?.Path, unset: "none",
        isOfRun: true, example: "out/january-winds/statistics.nc",
        help: "A NetCDF file with mean, spread and quantiles over the members, made when the run has ended. By default none.");

    private static readonly Setting<IReadOnlyList<double>?> Quantiles = Fields.Add(
        "statistics.quantiles", QuantileList(), o => o.Statistics?.Quantiles, unset: "[0.1, 0.5, 0.9]", example: "[0.1, 0.5, 0.9]",
        help: "Which quantiles, from 0 to 1 and growing; 0.1, 0.5 and 0.9 by default. [] for none.");

    private static readonly Setting<bool> KeepMembers = Fields.Add(
        "keep-members", Flag, o => o.KeepMembers, usual: true,
        help: "Whether the store stays once the files above are made and durable; false needs one of them.");

    public static OutputSpec Read(SettingReader reader, CheckpointSpec checkpoint)
    {
        if (!reader.TryGet(Kind, out var kind) || kind == OutputKind.None)
        {
            return new OutputSpec { Kind = OutputKind.None };
        }

        var path = reader.Get(Path);
        var (every, perChunk, format) = (reader.Get(Every), reader.Get(LeadTimesPerChunk), reader.Get(ZarrFormat));
        return new OutputSpec
        {
            Kind = OutputKind.Zarr,
            Path = path,
            Variables = reader.Get(Variables),
            Every = every,
            ZarrFormat = format,
            LeadTimesPerChunk = perChunk,
            LeadTimesPerShard = format == 3 ? ReadPerShard(reader, (long)every * perChunk, perChunk, checkpoint) : null,
            Compression = reader.Get(Compression),
            KeepBits = reader.Get(KeepBits),
            Units = reader.Get(Units),
            Box = (reader.Get(Latitude), reader.Get(Longitude)) is ({ }, _) or (_, { })
                ? new BoxSpec(reader.Get(Latitude), reader.Get(Longitude)) : null,
            CoordinateNames = reader.Get(Coordinates),
            LongitudeFrom = reader.Get(LongitudeFrom),
            LatitudeOrder = reader.Get(Order),
            Picture = ReadPicture(reader, path),
            NetCdf = ReadNetCdf(reader),
            Statistics = ReadStatistics(reader),
            KeepMembers = ReadKeepMembers(reader),
        };
    }

    /// <summary>
    /// Without a word of it, as many as the flush interval allows, so that a shard is complete at every commit; with an interval that is
    /// found out while the run goes on, a chunk.
    /// </summary>
    private static int? ReadPerShard(SettingReader reader, long boundariesPerChunk, int perChunk, CheckpointSpec checkpoint)
    {
        var most = checkpoint.AutoFlush ? 1 : Math.Max(1, MostPerShard / perChunk);
        var chunks = Enumerable.Range(1, most).Last(
            n => n == 1 || checkpoint.FlushInterval is not { } interval || interval % (n * boundariesPerChunk) == 0);
        var perShard = reader.Get(LeadTimesPerShard, chunks * perChunk);
        if (perShard % perChunk != 0)
        {
            reader.Wrong(LeadTimesPerShard.Key, reader.Find(LeadTimesPerShard.Key), string.Create(
                CultureInfo.InvariantCulture, $"a whole multiple of output.lead-times-per-chunk = {perChunk}"));
        }

        return perShard;
    }

    /// <summary>Where the picture goes, or null for none.</summary>
    private static string? ReadPicture(SettingReader reader, string store)
    {
        var text = reader.Get(Picture);
        if (text is Off or "false" || store.Length == 0)
        {
            return null;
        }

        var path = text is Auto or "true" ? PicturePaths.Beside(store) : text;
        if (reader.Context.Rules is not { } rules)
        {
            return System.IO.Path.GetFullPath(path, reader.Context.WorkingDirectory);
        }

        var confined = rules.Confine(reader, Picture.Key, reader.Find(Picture.Key) ?? reader.Find(Path.Key), path);
        return confined.Length > 0 ? confined : null;
    }

    /// <summary>The usual place is written as the word, so that a store that moves takes its picture along.</summary>
    private static string WrittenPicture(OutputSpec output) =>
        output.Picture is not { } picture ? Off : picture == PicturePaths.Beside(output.Path!) ? Auto : picture;

    private static string? ReadNetCdf(SettingReader reader)
    {
        var path = reader.Get(NetCdf);
        if (path is not null && FieldsPart.UnknownPlace(path) is { } unknown)
        {
            reader.Wrong(NetCdf.Key, reader.Find(NetCdf.Key), $"a path with {unknown} in it",
                "{member} and {day} in the name of the file, for a file of each, or neither");
        }

        return path;
    }

    private static StatisticsSpec? ReadStatistics(SettingReader reader)
    {
        var path = reader.Get(StatisticsPath);
        if (path is not null && (path.Contains('{', StringComparison.Ordinal) || path.Contains('}', StringComparison.Ordinal)))
        {
            reader.Wrong(StatisticsPath.Key, reader.Find(StatisticsPath.Key), "a path with braces in it", "one file");
        }

        var quantiles = reader.Get(Quantiles);
        if (path is null && reader.Find(Quantiles.Key) is { } given)
        {
            reader.Wrong(Quantiles.Key, given, "quantiles without a file to write them to", "output.statistics.path beside it");
        }

        return path is null ? null : new StatisticsSpec(path, quantiles ?? StatisticsSpec.UsualQuantiles);
    }

    private static bool ReadKeepMembers(SettingReader reader)
    {
        var keep = reader.Get(KeepMembers);
        if (!keep && reader.Find(NetCdf.Key) is null && reader.Find(StatisticsPath.Key) is null)
        {
            reader.Wrong(KeepMembers.Key, reader.Find(KeepMembers.Key), "false, with nothing that is kept instead",
                "output.netcdf or output.statistics.path beside it");
        }

        return keep;
    }

    private static SettingType<IReadOnlyList<double>?> QuantileList() => new(
        "list of numbers", "numbers from 0 to 1 in growing order, such as [0.1, 0.5, 0.9]; [] for none",
        (SettingReader _, string _, HoconValue value, out IReadOnlyList<double>? quantiles) =>
        {
            var numbers = new List<double>();
            quantiles = numbers;
            foreach (var item in (value as HoconArray)?.Items.OfType<HoconScalar>() ?? [])
            {
                numbers.Add(item.TryDouble(out var number) && number is >= 0 and <= 1 ? number : double.NaN);
            }

            return value is HoconArray list && list.Items.Count == numbers.Count && !numbers.Exists(double.IsNaN)
                && numbers.Zip(numbers.Skip(1)).All(p => p.First < p.Second);
        },
        quantiles => quantiles is null ? null : new JsonArray([.. quantiles.Select(q => (JsonNode?)q)]));

    private static SettingType<DegreeRange?> Range(string expected, Func<double, double, bool> isGood) => new(
        "range", expected,
        Noting<DegreeRange?>((reader, key, value) =>
            Pair(reader, key, value, expected, isGood) is { } pair ? new DegreeRange(pair.First, pair.Second) : null),
        range => range is null ? null : new JsonArray(range.From, range.To));

    /// <summary>An object with a scalar for each of some variables, which are kept in the order of their names.</summary>
    private static SettingType<IReadOnlyList<T>> ByVariable<T>(
        string expected, Func<string, HoconScalar, T?> read, Func<T, (string Variable, JsonNode Value)> write)
        where T : class => new(
            "object", expected,
            (SettingReader reader, string key, HoconValue value, out IReadOnlyList<T> items) =>
            {
                var all = new List<T>();
                items = all;
                foreach (var variable in (value as HoconObject)?.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>())
                {
                    var given = ((HoconObject)value)[variable];
                    if (given is HoconScalar { IsNull: false, Text.Length: > 0 } scalar && read(variable, scalar) is { } item)
                    {
                        all.Add(item);
                    }
                    else
                    {
                        reader.Wrong($"{key}.{variable}", given, expected);
                    }
                }

                return value is HoconObject;
            },
            items => new JsonObject(items.Select(write).Select(i => KeyValuePair.Create(i.Variable, (JsonNode?)i.Value))));
}
