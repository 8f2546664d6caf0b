namespace Cairn.Engine.Pictures;

/// <summary>The order in which a grid is drawn: rows from north to south, columns from west to east, whatever their order in the store. A
/// whole globe begins at 180 degrees west; a box across the seam stays in one piece.</summary>
/// <param name="IsGlobe">Whether coordinates are degrees on the globe; otherwise it is a plane.</param>
/// <param name="GoesAround">Whether the last column's neighbour is the first.</param>
/// <param name="Rows">The store's index of each row.</param>
/// <param name="Columns">The store's index of each column.</param>
/// <param name="RowValues">The rows' coordinates, falling.</param>
/// <param name="ColumnValues">The columns' coordinates, growing.</param>
internal sealed record GridOrder(
    bool IsGlobe, bool GoesAround, int[] Rows, int[] Columns, double[] RowValues, double[] ColumnValues)
{
    public static GridOrder Of(StoredAxis rows, StoredAxis columns)
    {
        if (!rows.Values.Concat(columns.Values).All(double.IsFinite))
            throw new DataException("The grid cannot be drawn: a coordinate of its rows or columns is not a finite number.");
        var globe = rows.IsDegrees && columns.IsDegrees && rows.Values.All(v => Math.Abs(v) <= 90.5)
            && columns.Values.All(v => Math.Abs(v) <= 1080);
        int[] northFirst = [.. Enumerable.Range(0, rows.Values.Count).OrderByDescending(i => rows.Values[i])];
        var east = globe ? Unwrapped(columns.Values) : [.. columns.Values];
        var around = globe && IsAround(east);
        if (around)
            east = Array.ConvertAll(east, degrees => Modulo(degrees + 180) - 180);
        int[] westFirst = [.. Enumerable.Range(0, east.Length).OrderBy(i => east[i])];
        return new GridOrder(
            globe, around, northFirst, westFirst, [.. northFirst.Select(i => rows.Values[i])], [.. westFirst.Select(i => east[i])]);
    }

    /// <summary>Every <paramref name="step"/>-th row and column.</summary>
    public GridOrder Thinned(int step) => step == 1 ? this : this with
    {
        Rows = Every(Rows, step), Columns = Every(Columns, step),
        RowValues = Every(RowValues, step), ColumnValues = Every(ColumnValues, step),
    };

    /// <summary>Longitudes as one growing (or falling) stretch where they are one: 350, 355, 0, 5 becomes 350, 355, 360, 365.</summary>
    private static double[] Unwrapped(IReadOnlyList<double> longitudes)
    {
        if (longitudes.Count < 3 || Stretch(longitudes) is { } growing && growing[^1] - growing[0] < 360.5)
            return longitudes.Count < 3 ? [.. longitudes] : Stretch(longitudes);
        double[] reversed = Stretch([.. longitudes.Reverse()]);
        return reversed[^1] - reversed[0] < 360.5 ? [.. reversed.Reverse()] : [.. longitudes.Select(Modulo)];
    }

    private static double[] Stretch(IReadOnlyList<double> longitudes)
    {
        var stretch = longitudes.ToArray();
        for (var i = 1; i < stretch.Length; i++)
            stretch[i] = stretch[i - 1] + Modulo(stretch[i] - stretch[i - 1]);
        return stretch;
    }

    /// <summary>The gap between the last and the first column is hardly wider than the widest within.</summary>
    private static bool IsAround(double[] longitudes)
    {
        var sorted = longitudes.Order().ToArray();
        var widest = sorted.Zip(sorted.Skip(1), (a, b) => b - a).DefaultIfEmpty(0).Max();
        return sorted.Length > 3 && 360 - (sorted[^1] - sorted[0]) <= 1.01 * widest;
    }

    private static double Modulo(double degrees)
    {
        var rest = degrees % 360;
        return rest < 0 ? rest + 360 : rest;
    }

    private static T[] Every<T>(T[] values, int step) => [.. values.Where((_, i) => i % step == 0)];
}
