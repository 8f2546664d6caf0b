using Cairn.Engine.Pictures;
using Cairn.Storage.Derived;

namespace Cairn.Engine.Runs;

internal static class OutputSettings
{
    private const string Auto = "auto", Off = "off";

    private static readonly SettingSection<OutputSpec> Section = new("output", spec => spec.Output);

    public static readonly Setting<string> Kind = Section.Add(
        "kind", LoadedExtensions.KindWord([.. FieldStoreKinds.All.Select(kind => kind.Word), OutputSpec.None]), o => o.Kind,
        usual: FieldStoreKinds.All[0].Word, shapes: Shaping.Layout,
        help: $"How fields are written: {string.Join(", ", FieldStoreKinds.All.Select(kind => $"{kind.Word} ({kind.What})"))}, or none for "
            + "not at all.");

    /// <summary>What there is where fields are written.</summary>
    private static readonly SettingSection<OutputSpec> Fields = new("output", spec => spec.Output, Those(_ => true));

    private static readonly Setting<string> Path = Fields.Add(
        "path", OutputFolder("the store that fields are written to"), o => o.Path!, isOfRun: true, example: "out/january-winds/fields.zarr",
        help: "The store.");

    private static readonly Setting<IReadOnlyList<string>?> Variables = Fields.Add(
        "variables", Names, o => o.Variables, unset: "all", shapes: Shaping.Layout, example: "[vorticity, u, v]",
        help: "Which output variables of the model and the diagnostics. By default all.");

    private static readonly Setting<int> Every = Fields.Add(
        "every", Integer("how many boundaries lie between written fields", 1), o => o.Every, usual: 1, shapes: Shaping.Layout,
        help: "Fields are written at every Nth boundary.");

    /// <summary>What comes after the settings of the kinds.</summary>
    private static readonly SettingSection<OutputSpec> Closing = new("output", spec => spec.Output, Those(_ => true));

    private static readonly Setting<string> Picture = Closing.Add(
        "picture", Text("auto, off, or the path of an HTML file", t => !t.Contains('\0', StringComparison.Ordinal)), WrittenPicture,
        usual: Auto, isOfRun: true,
        help: "The page with maps and plots of the fields, drawn when the run ends: auto (forecast.html beside a store named "
            + "fields.zarr, NAME.forecast.html beside any other), off, or a path.");

    private static readonly Setting<DegreeRange?> Latitude = Closing.Add(
        "box.latitude",
        Range("[south, north] in degrees, from -90 to 90, south below north",
            (south, north) => south >= -90 && north <= 90 && south < north),
        o => o.Box?.Latitude, unset: "all", shapes: Shaping.Layout, unit: "degrees", example: "[20, 80]",
        help: "The rows that are written, [south, north]. By default all.");

    private static readonly Setting<DegreeRange?> Longitude = Closing.Add(
        "box.longitude",
        Range("[west, east] in degrees, each from -180 to 360, at most 360 apart; west above east crosses the seam",
            (west, east) => west is >= -180 and <= 360 && east is >= -180 and <= 360 && east != west && Math.Abs(east - west) <= 360),
        o => o.Box?.Longitude, unset: "all", shapes: Shaping.Layout, unit: "degrees", example: "[-30, 60]",
        help: "The columns that are written, [west, east]; west above east crosses the seam; then the longitudes of the output start "
            + "between -180 and 180 (docs/sources.md). By default all.");

    private static readonly Setting<IReadOnlyList<KeepBitsSpec>> KeepBits = Closing.Add(
        "keep-bits", ByVariable(
            "an object of bits from 1 to 23 by variable, such as { u = 12 }",
            (variable, value) => int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
                && bits is >= 1 and <= 23 ? new KeepBitsSpec(variable, bits) : null,
            kept => (kept.Variable, kept.Bits)) with { Entries = ByKey },
        o => o.KeepBits, usual: Given.Of<IReadOnlyList<KeepBitsSpec>>([]), shapes: Shaping.Layout, only: Those(kind => kind.KeepsBits),
        example: "{ u = 12 }",
        help: "How many mantissa bits are kept, from 1 to 23, by variable: { u = 12 } rounds u to 12 bits, "
            + "an error of at most 2^-13 of each value. By default all.");

    private static readonly Setting<IReadOnlyList<SpecEntry>> Units = Closing.Add(
        "units", ByVariable(
            "an object of units by variable, such as { t2m = K, tp = \"kg m-2\" }",
            (variable, value) => new SpecEntry(variable, value.Text), unit => (unit.Key, unit.Value)),
        o => o.Units, usual: Given.Of<IReadOnlyList<SpecEntry>>([]), example: "{ t2m = K }",
        help: "Units (UDUNITS) of variables for which neither the model nor the input has any, by variable: { t2m = K }.");

    private static readonly Setting<CoordinateNames> Coordinates = Closing.Add(
        "coordinate-names", Word<CoordinateNames>(), o => o.CoordinateNames, usual: CoordinateNames.Cf, shapes: Shaping.Layout,
        ifUnusual: true, help: "The names of the coordinates: cf (latitude, longitude) or short (lat, lon).");

    private static readonly Setting<double?> LongitudeFrom = Closing.Add(
        "longitude-from",
        Or("grid", Number("degrees", from => from is >= -360 and <= 360), "grid, or degrees east from -360 to 360 such as -180 or 0"),
        o => o.LongitudeFrom, usual: null, shapes: Shaping.Layout, ifUnusual: true, unit: "degrees",
        help: "The first longitude; the others follow eastward, once around: degrees from -360 to 360, such as -180 or 0, or grid for "
            + "the longitudes of the model's grid.");

    private static readonly Setting<LatitudeOrder> Order = Closing.Add(
        "latitude-order", Word<LatitudeOrder>(), o => o.LatitudeOrder, usual: LatitudeOrder.Grid, shapes: Shaping.Layout, ifUnusual: true,
        help: "The order of latitudes: grid (as in the model), northward or southward.");

    private static readonly Setting<string?> NetCdf = Closing.Add(
        "netcdf", OutputFile("a NetCDF file for the fields of every member"), o => o.NetCdf, unset: "none", isOfRun: true,
        example: "out/january-winds/fields.nc",
        help: "A NetCDF file with the fields of every member, written when the run has ended; {member} and {day} in its (quoted) name "
            + "create one file for each, and so does {time}, which several initial times need. By default none.");

    private static readonly Setting<string?> StatisticsPath = Closing.Add(
        "statistics.path", OutputFile("a NetCDF file for statistics over the members"), o => o.Statistics?.Path, unset: "none",
        isOfRun: true, example: "out/january-winds/statistics.nc",
        help: "A NetCDF file with mean, spread and quantiles over the members, written when the run has ended; {time} in its (quoted) "
            + "name creates one file for each initial time. By default none.");

    private static readonly Setting<IReadOnlyList<double>?> Quantiles = Closing.Add(
        "statistics.quantiles", QuantileList(), o => o.Statistics?.Quantiles, unset: "[0.1, 0.5, 0.9]", example: "[0.1, 0.5, 0.9]",
        help: "Which quantiles, from 0 to 1 in growing order; 0.1, 0.5 and 0.9 by default. [] for none.");

    private static readonly Setting<bool> KeepMembers = Closing.Add(
        "keep-members", Flag, o => o.KeepMembers, usual: true,
        help: "Whether the store is kept when the files above are durable; false needs one of them.");

    /// <summary>All settings of <c>output</c>, in the order in which they are written.</summary>
    public static IEnumerable<SettingSection> Sections() =>
        [Section, Fields, .. FieldStoreKinds.All.SelectMany(kind => kind.Sections).Distinct(), Closing];

    public static OutputSpec Read(SettingReader reader, CheckpointSpec checkpoint)
    {
        if (!reader.TryGet(Kind, out var word) || word == OutputSpec.None)
            return new OutputSpec { Kind = OutputSpec.None };
        var kind = FieldStoreKinds.All.First(store => store.Word == word);
        var (path, every) = (reader.Get(Path), reader.Get(Every));
        return new OutputSpec
        {
            Kind = word,
            Path = path,
            Variables = reader.Get(Variables),
            Every = every,
            Store = kind.Read(reader, every, checkpoint),
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

    private static SettingChoice Those(Func<FieldStoreKind, bool> which) =>
        Kind.Is([.. FieldStoreKinds.All.Where(which).Select(kind => kind.Word)]);

    /// <summary>Where the picture goes, or null for none.</summary>
    private static string? ReadPicture(SettingReader reader, string store)
    {
        var text = reader.Get(Picture);
        if (text is Off or "false" || store.Length == 0)
            return null;
        var path = text is Auto or "true" ? PicturePaths.Beside(store) : text;
        if (reader.Context.Rules is not { } rules)
            return System.IO.Path.GetFullPath(path, reader.Context.WorkingDirectory);
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
            reader.Wrong(NetCdf.Key, reader.Find(NetCdf.Key), $"a path with {unknown} in it",
                "{member}, {day} and {time} in the name of the file, for a file of each, or none of them");
        return path;
    }

    private static StatisticsSpec? ReadStatistics(SettingReader reader)
    {
        var path = reader.Get(StatisticsPath);
        var plain = path is null ? "" : TimePlace.IsIn(path) ? path.Replace(TimePlace.Word, "", StringComparison.Ordinal) : path;
        if (plain.Contains('{', StringComparison.Ordinal) || plain.Contains('}', StringComparison.Ordinal))
            reader.Wrong(StatisticsPath.Key, reader.Find(StatisticsPath.Key), "a path with braces in it",
                "one file, or {time} in its name for a file of each initial time");
        var quantiles = reader.Get(Quantiles);
        if (path is null && reader.Find(Quantiles.Key) is { } given)
            reader.Wrong(Quantiles.Key, given, "quantiles without a file to write them to", "output.statistics.path beside it");
        return path is null ? null : new StatisticsSpec(path, quantiles ?? StatisticsSpec.UsualQuantiles);
    }

    private static bool ReadKeepMembers(SettingReader reader)
    {
        var keep = reader.Get(KeepMembers);
        if (!keep && reader.Find(NetCdf.Key) is null && reader.Find(StatisticsPath.Key) is null)
            reader.Wrong(KeepMembers.Key, reader.Find(KeepMembers.Key), "false, with nothing that is kept instead",
                "output.netcdf or output.statistics.path beside it");
        return keep;
    }

    private static SettingType<IReadOnlyList<double>?> QuantileList() => new(
        "list of numbers", "numbers from 0 to 1 in growing order, such as [0.1, 0.5, 0.9]; [] for none",
        (SettingReader _, string _, HoconValue value, out IReadOnlyList<double>? quantiles) =>
        {
            var numbers = new List<double>();
            quantiles = numbers;
            foreach (var item in (value as HoconArray)?.Items.OfType<HoconScalar>() ?? [])
                numbers.Add(item.TryDouble(out var number) && number is >= 0 and <= 1 ? number : double.NaN);
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
                        all.Add(item);
                    else
                        reader.Wrong($"{key}.{variable}", given, expected);
                }
                return value is HoconObject;
            },
            items => new JsonObject(items.Select(write).Select(i => KeyValuePair.Create(i.Variable, (JsonNode?)i.Value))));
}
