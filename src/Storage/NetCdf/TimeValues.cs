namespace Cairn.Storage.NetCdf;

/// <summary>Reads a coordinate of times.</summary>
internal static class TimeValues
{
    /// <exception cref="DataException">Its units or calendar are not understood, or values are missing; the message names them.</exception>
    internal static IReadOnlyList<CfTime> Read(NetCdfFile file, NetCdfVariable coordinate)
    {
        var units = Text(file, coordinate, "units") ?? throw AttributeDefect.Of(
            file.Path, coordinate, "units", "leaves open what the times count from", "some like \"hours since 1990-01-16 00:00:00\"");
        var calendar = Text(file, coordinate, "calendar");
        _ = Understood(file, coordinate, "calendar", () => CfCalendars.Parse(calendar));
        var decoder = Understood(file, coordinate, "units", () => CfTimeUnits.Parse(units, calendar));
        var values = file.ReadDoubles(coordinate);
        var bad = values.Count(value => !double.IsFinite(value));
        return bad == 0
            ? Understood<IReadOnlyList<CfTime>>(file, coordinate, "units", () => [.. values.Select(decoder.Decode)])
            : throw new DataException($"{file.Path}: {bad} of {values.Length} values of the time coordinate {coordinate.Name} are missing "
                + $"({file.WhyMissing(coordinate)}). Expected a time for every field. Write them into the file.");
    }

    /// <summary>The time on which coordinates of one value agree; null if there are none.</summary>
    internal static CfTime? ReadOne(NetCdfFile file, IReadOnlyList<NetCdfVariable> coordinates)
    {
        CfTime? time = null;
        foreach (var coordinate in coordinates)
        {
            if (coordinate.Size != 1)
            {
                throw new DataException($"{file.Path}: the coordinate {coordinate} is not along a dimension of the fields that name it. "
                    + "Expected one time, or one along one of their dimensions. Correct the attribute coordinates of the fields.");
            }

            var found = Read(file, coordinate)[0];
            if (time is { } before && (before.Calendar != found.Calendar || before != found))
            {
                throw new DataException($"{file.Path}: {string.Join(" and ", coordinates.Select(c => c.Name))} have different times "
                    + $"({before}, {found}). Expected one. Name the right one in the attribute coordinates of the fields.");
            }

            time = found;
        }

        return time;
    }

    private static string? Text(NetCdfFile file, NetCdfVariable coordinate, string name)
    {
        if (!coordinate.Attributes.TryGetValue(name, out var attribute))
        {
            AttributeDefect.RefuseOtherCase(file.Path, coordinate, name);
            return null;
        }

        return attribute.Text
            ?? throw AttributeDefect.Of(file.Path, coordinate, name, "is not text", "text, as the CF conventions write it");
    }

    private static T Understood<T>(NetCdfFile file, NetCdfVariable coordinate, string attribute, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (DataException e)
        {
            throw new DataException($"{file.Path}: {coordinate.Name}:{attribute}: {e.Message} Correct the attribute in the file, with "
                + "ncatted or xarray.", e);
        }
    }
}
