namespace Cairn.Engine.Runs;

/// <summary>A regular latitude-longitude grid by its ends (<c>initial.grid</c>, <c>initial.regrid</c>).</summary>
/// <param name="Latitude">Degrees north, in the order of the fields' rows.</param>
/// <param name="Longitude">Degrees east, eastward, at most once around the globe without a repeated end.</param>
public sealed record GridSpec(AxisSpec Latitude, AxisSpec Longitude)
{
    /// <summary>The grid with every coordinate.</summary>
    public LatLonGrid ToGrid() => new(Latitude.Values(), Longitude.Values());
}

/// <summary>Evenly spaced coordinates.</summary>
/// <param name="First">The first, degrees.</param>
/// <param name="Last">The last, degrees.</param>
/// <param name="Count">How many, both ends among them.</param>
public sealed record AxisSpec(double First, double Last, int Count)
{
    /// <summary>The coordinates; both ends are exact.</summary>
    public double[] Values() =>
        [.. Enumerable.Range(0, Count).Select(i => i == Count - 1 ? Last : First + ((Last - First) * i / (Count - 1)))];

    public override string ToString() =>
        $"[{SpecText.Number(First)}, {SpecText.Number(Last)}, {Count.ToString(CultureInfo.InvariantCulture)}]";
}

/// <summary>Another grid for the initial fields (<c>initial.regrid</c>).</summary>
/// <param name="Grid">Where they are wanted.</param>
/// <param name="Method">How they are brought there.</param>
public sealed record RegridSpec(GridSpec Grid, RegridMethod Method);

internal sealed class GridSettings
{
    private const int MostAlong = 100_000;
    private const long MostPoints = 1 << 27;

    private const string LatitudesExpected =
        "[first, last, count], evenly spaced degrees north from -90 to 90 in either order, such as [90, -90, 73]";

    private const string LongitudesExpected = "[first, last, count], evenly spaced degrees east from -360 to 720, eastward, "
        + "at most once around the globe without a repeated end, such as [0, 357.5, 144]";

    private readonly Setting<AxisSpec?> _latitude, _longitude;
    private readonly string _key;

    public GridSettings(SettingSection<GridSpec> section, bool isWanted = false)
    {
        Section = section;
        _latitude = section.Add(
            "latitude", Axis(LatitudesExpected, IsLatitudes), g => g.Latitude, shapes: Shaping.Numbers, unit: "degrees",
            example: isWanted ? "[90, -90, 121]" : "[90, -90, 73]", unset: isWanted ? "none" : null, ifUnusual: isWanted,
            help: isWanted ? "Regrids the fields to these rows, [first, last, count]. By default none."
                : "The rows, [first, last, count] northward or southward.");
        _longitude = section.Add(
            "longitude", Axis(LongitudesExpected, IsLongitudes), g => g.Longitude, shapes: Shaping.Numbers, unit: "degrees",
            example: isWanted ? "[0, 358.5, 240]" : "[0, 357.5, 144]", unset: isWanted ? "none" : null, ifUnusual: isWanted,
            help: isWanted ? "Regrids the fields to these columns, [first, last, count]. By default none."
                : "The columns, [first, last, count] eastward.");
        _key = _latitude.Key[..^".latitude".Length];
    }

    public SettingSection<GridSpec> Section { get; }

    /// <summary>The grid; null where it has a mistake.</summary>
    public GridSpec? Read(SettingReader reader)
    {
        var (latitude, longitude) = (Axis(reader, _latitude), Axis(reader, _longitude));
        if (latitude is null || longitude is null)
            return null;
        if ((long)latitude.Count * longitude.Count > MostPoints)
            reader.Wrong(_key, reader.Find(_key), $"{latitude.Count} x {longitude.Count} points", $"at most {MostPoints} points");
        return new GridSpec(latitude, longitude);
    }

    // Where one axis is given, or the method, both have to be.
    private static AxisSpec? Axis(SettingReader reader, Setting<AxisSpec?> setting) =>
        reader.Read(setting.Key, setting.Type, null, isRequired: true);

    private static SettingType<AxisSpec?> Axis(string expected, Func<AxisSpec, bool> isGood) => new(
        "axis", expected,
        (SettingReader _, string _, HoconValue value, out AxisSpec? axis) =>
        {
            axis = value is HoconArray { Items: [HoconScalar a, HoconScalar b, HoconScalar c] }
                && a.TryDouble(out var first) && b.TryDouble(out var last) && c.TryInt64(out var count) && count is >= 2 and <= MostAlong
                ? new AxisSpec(first, last, (int)count) : null;
            return axis is not null && isGood(axis);
        },
        axis => axis is null ? null : new JsonArray(axis.First, axis.Last, axis.Count));

    private static bool IsLatitudes(AxisSpec axis) =>
        axis.First is >= -90 and <= 90 && axis.Last is >= -90 and <= 90 && axis.First != axis.Last;

    // A spacing more than to the last one would end beyond where it began; typed degrees are rounded.
    private static bool IsLongitudes(AxisSpec axis)
    {
        var spacing = (axis.Last - axis.First) / (axis.Count - 1);
        return axis.First is >= -360 and <= 360 && spacing > 0 && axis.Last - axis.First + spacing <= 360 + (1e-3 * spacing);
    }
}

/// <summary>The settings of <c>initial.regrid</c>.</summary>
internal sealed class RegridSettings
{
    private const string Key = "initial.regrid";

    private readonly GridSettings _grid;
    private readonly Setting<RegridMethod> _method;

    public RegridSettings(SettingChoice choice)
    {
        _grid = new GridSettings(new(Key, spec => spec.Initial.Regrid?.Grid, choice), isWanted: true);
        Section = new(Key, spec => spec.Initial.Regrid, choice);
        _method = Section.Add(
            "method", Word<RegridMethod>(), r => r.Method, usual: RegridMethod.Bilinear, shapes: Shaping.Numbers,
            help: "How fields are regridded: bilinear, nearest or conservative.");
    }

    public SettingSection<RegridSpec> Section { get; }
    public SettingSection<GridSpec> GridSection => _grid.Section;

    /// <summary>The grid that fields are brought to; null where none is asked for.</summary>
    public RegridSpec? Read(SettingReader reader)
    {
        var isAsked = reader.Find(Key) is HoconObject group && group.Keys.Any(name => reader.Find($"{Key}.{name}") is not null);
        if (!isAsked)
            return null;
        var method = reader.Get(_method);
        return _grid.Read(reader) is { } grid ? new RegridSpec(grid, method) : null;
    }
}
