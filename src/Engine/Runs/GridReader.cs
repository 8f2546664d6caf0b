using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>initial.grid</c> and <c>initial.regrid</c>.</summary>
internal static class GridReader
{
    private const int MostAlong = 100_000;
    private const long MostPoints = 1 << 27;

    private const string LatitudesExpected =
        "[first, last, count], evenly spaced degrees north from -90 to 90 in either order, such as [90, -90, 73]";

    private const string LongitudesExpected = "[first, last, count], evenly spaced degrees east from -360 to 720, eastward, "
        + "at most once around the globe without a repeated end, such as [0, 357.5, 144]";

    /// <summary>The grid of a source that does not tell its own.</summary>
    public static GridSpec? Grid(SettingReader reader) => Read(reader, "initial.grid");

    /// <summary>The grid that fields are brought to; null where none is asked for.</summary>
    public static RegridSpec? Regrid(SettingReader reader)
    {
        const string key = "initial.regrid";
        var asked = reader.Find(key) is HoconObject group && group.Keys.Any(name => reader.Find($"{key}.{name}") is not null);
        if (!asked)
        {
            return null;
        }

        var method = reader.Word<RegridMethod>(key + ".method", RegridMethod.Bilinear) ?? RegridMethod.Bilinear;
        return Read(reader, key) is { } grid ? new RegridSpec(grid, method) : null;
    }

    private static GridSpec? Read(SettingReader reader, string key)
    {
        var latitude = Axis(reader, key + ".latitude", LatitudesExpected, IsLatitudes);
        var longitude = Axis(reader, key + ".longitude", LongitudesExpected, IsLongitudes);
        if (latitude is null || longitude is null)
        {
            return null;
        }

        if ((long)latitude.Count * longitude.Count > MostPoints)
        {
            reader.Wrong(key, reader.Find(key), $"{latitude.Count} x {longitude.Count} points", $"at most {MostPoints} points");
        }

        return new GridSpec(latitude, longitude);
    }

    private static AxisSpec? Axis(SettingReader reader, string key, string expected, Func<AxisSpec, bool> isGood)
    {
        var value = reader.Find(key);
        if (value is HoconArray { Items: [HoconScalar a, HoconScalar b, HoconScalar c] }
            && a.TryDouble(out var first) && b.TryDouble(out var last) && c.TryInt64(out var count)
            && count is >= 2 and <= MostAlong && isGood(new AxisSpec(first, last, (int)count)))
        {
            return new AxisSpec(first, last, (int)count);
        }

        reader.Wrong(key, value, expected);
        return null;
    }

    private static bool IsLatitudes(AxisSpec axis) =>
        axis.First is >= -90 and <= 90 && axis.Last is >= -90 and <= 90 && axis.First != axis.Last;

    // A spacing more than to the last one would end beyond where it began; typed degrees are rounded.
    private static bool IsLongitudes(AxisSpec axis)
    {
        var spacing = (axis.Last - axis.First) / (axis.Count - 1);
        return axis.First is >= -360 and <= 360 && spacing > 0 && axis.Last - axis.First + spacing <= 360 + (1e-3 * spacing);
    }
}
