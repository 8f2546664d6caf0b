namespace Cairn.Engine.Rollouts;

/// <summary>Which of a model's output variables and grid points are written, as positions in its fields.</summary>
public sealed class OutputPlan
{
    /// <summary>Degrees by which a point may miss an edge of the box: coordinates kept in float32 are not what a person types
    /// (0.7).</summary>
    private const double EdgeTolerance = 1e-4;

    private readonly int[] _variables;
    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly int _width;
    private readonly int _variableCount;
    private readonly bool _wholeGrid;

    private OutputPlan(ModelDescription model, OutputSpec output, int[] variables, int[] rows, int[] columns)
    {
        (_variables, _rows, _columns) = (variables, rows, columns);
        _width = model.OutputGrid.Longitudes.Count;
        _variableCount = model.OutputVariables.Count;
        IsEnabled = output.WritesFields;
        Unit = model.OutputGrid.Unit;
        GridSize = model.OutputGrid.Latitudes.Count * _width;
        _wholeGrid = rows.Length * columns.Length == GridSize && IsIdentity(rows) && IsIdentity(columns);
        Variables = [.. variables.Select(v => model.OutputVariables[v])];
        Latitudes = [.. rows.Select(r => model.OutputGrid.Latitudes[r])];
        Longitudes = Axis(model.OutputGrid, columns, output.LongitudeFrom);
        Mesh = model.OutputGrid.Mesh?.Picked(columns);
    }

    /// <summary>Variables that are written, in the spec's order.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>Latitudes that are written, in degrees north, in the spec's order.</summary>
    public IReadOnlyList<double> Latitudes { get; }

    /// <summary>Longitudes that are written, in degrees east, one way (<see cref="LongitudeOrder"/>); a box across the grid's seam comes in
    /// one piece.</summary>
    public IReadOnlyList<double> Longitudes { get; }

    /// <summary>What the coordinates are measured in.</summary>
    public GridUnit Unit { get; }

    /// <summary>The mesh whose triangles are written, or null where the grid is none.</summary>
    public FieldMesh? Mesh { get; }

    /// <summary>Grid points of one written field.</summary>
    public int FieldSize => _rows.Length * _columns.Length;

    /// <summary>Grid points of one field of the model.</summary>
    public int GridSize { get; }

    /// <summary>The plan for a spec's output section.</summary>
    /// <exception cref="SpecException">A variable that the model does not give, a box without a grid point, or longitudes that go no
    /// way.</exception>
    public static OutputPlan Of(OutputSpec output, ModelDescription model)
    {
        var (box, grid) = (output.Box, model.OutputGrid);
        if (box is not null && grid.Unit != GridUnit.Degrees)
            throw new SpecException($"output.box is in degrees, and the {model.Kind} model's grid has none; expected no box beside it. "
                + "Leave output.box out.");
        var rows = Inside(grid.Latitudes, degrees => box?.Latitude is not { } range
            || (range.From - EdgeTolerance <= degrees && degrees <= range.To + EdgeTolerance));
        var columns = LongitudesInside(grid.Longitudes, box?.Longitude);
        if (grid.Unit == GridUnit.Triangles)
        {
            // Fields stand in the order in which the mesh is cut; output goes by the triangles' own numbers.
            columns = [.. columns.OrderBy(column => grid.Longitudes[column])];
        }
        if (rows.Length == 0 || columns.Length == 0)
            throw new SpecException($"output.box contains no grid point: the grid has "
                + $"{grid.Latitudes.Count} latitudes from {grid.Latitudes[0]} to "
                + $"{grid.Latitudes[^1]} and {grid.Longitudes.Count} longitudes "
                + $"from {grid.Longitudes[0]} to {grid.Longitudes[^1]}. Widen the box.");
        (rows, columns) = Ordered(output, model, rows, columns);
        return new OutputPlan(model, output, VariablesOf(output, model), rows, columns);
    }

    /// <summary>The plan that writes some variables on the model's whole grid.</summary>
    /// <exception cref="SpecException">A variable that the model does not give.</exception>
    public static OutputPlan Whole(ModelDescription model, IReadOnlyList<string> variables) =>
        Of(new OutputSpec { Kind = FieldStoreKinds.All[0].Word, Variables = variables }, model);

    /// <summary>Whether any fields are written.</summary>
    public bool IsEnabled { get; }

    /// <summary>Whether a boundary's fields are written.</summary>
    public bool Writes(BoundarySchedule schedule, int boundary) => IsEnabled && schedule.WritesFields(boundary);

    /// <summary>Copies one written field out of the model's fields.</summary>
    /// <param name="fields"><c>[batch, output variable, latitude, longitude]</c> of the model.</param>
    /// <param name="row">Position on the batch axis.</param>
    /// <param name="variable">Position in <see cref="Variables"/>.</param>
    /// <param name="target"><c>[latitude, longitude]</c> of the box.</param>
    public void CutOut(ReadOnlySpan<float> fields, int row, int variable, Span<float> target)
    {
        var field = fields.Slice(((row * _variableCount) + _variables[variable]) * GridSize, GridSize);
        if (_wholeGrid)
        {
            field.CopyTo(target);
            return;
        }
        var next = 0;
        foreach (var latitude in _rows)
        {
            foreach (var longitude in _columns)
                target[next++] = field[(latitude * _width) + longitude];
        }
    }

    private static int[] VariablesOf(OutputSpec output, ModelDescription model)
    {
        var known = model.OutputVariables.ToList();
        var wanted = output.Variables ?? known;
        foreach (var (key, names) in new[]
        {
            ("keep-bits", output.KeepBits.Select(k => k.Variable)), ("units", output.Units.Select(u => u.Key)),
        })
        {
            if (names.Except(wanted).ToList() is { Count: > 0 } others)
                throw new SpecException($"output.{key} names {string.Join(", ", others)}, which is not written; the run writes "
                    + $"{string.Join(", ", wanted)}.");
        }
        var unknown = wanted.Where(v => !known.Contains(v)).ToList();
        return unknown.Count == 0
            ? [.. wanted.Select(v => known.IndexOf(v))]
            : throw new SpecException($"output.variables names {string.Join(", ", unknown)}, which the model does not give; "
                + $"the {model.Kind} model gives {string.Join(", ", known)}.");
    }

    /// <summary>Rows and columns in the order that the spec asks for.</summary>
    private static (int[] Rows, int[] Columns) Ordered(OutputSpec output, ModelDescription model, int[] rows, int[] columns)
    {
        var grid = model.OutputGrid;
        var key = output.LongitudeFrom is not null ? "output.longitude-from"
            : output.LatitudeOrder != LatitudeOrder.Grid ? "output.latitude-order" : null;
        if (key is not null && grid.Unit != GridUnit.Degrees)
            throw new SpecException($"{key} is about degrees, and the {model.Kind} model's grid has none. Leave it out.");
        rows = output.LatitudeOrder switch
        {
            LatitudeOrder.Northward => [.. rows.OrderBy(r => grid.Latitudes[r])],
            LatitudeOrder.Southward => [.. rows.OrderByDescending(r => grid.Latitudes[r])],
            _ => rows,
        };
        return output.LongitudeFrom is { } from
            ? (rows, [.. columns.OrderBy(c => grid.Longitudes[c] + Turns(grid.Longitudes[c], from))])
            : (rows, columns);
    }

    /// <summary>Whole turns, in degrees, that bring a longitude to the one that starts at <paramref name="from"/>.</summary>
    private static double Turns(double degrees, double from) => -360 * Math.Floor((degrees - from + EdgeTolerance) / 360);

    private static IReadOnlyList<double> Axis(LatLonGrid grid, int[] columns, double? from)
    {
        double[] coordinates =
            [.. columns.Select(c => grid.Longitudes[c]).Select(degrees => from is { } west ? degrees + Turns(degrees, west) : degrees)];
        return grid.Unit != GridUnit.Degrees
            ? coordinates
            : LongitudeOrder.Monotonic(coordinates) ?? throw new SpecException(
                $"The output's longitudes ({string.Join(", ", coordinates.Take(5))}, …) are not monotonic, or go around the globe more "
                + "than once; expected an axis. Sort the longitudes of the initial condition, or regrid it with initial.regrid.");
    }

    private static int[] Inside(IReadOnlyList<double> degrees, Func<double, bool> inside) =>
        [.. Enumerable.Range(0, degrees.Count).Where(i => inside(degrees[i]))];

    /// <summary>Longitudes are compared modulo 360, and ordered from the box's western edge, so that a box across the seam is one
    /// piece.</summary>
    private static int[] LongitudesInside(IReadOnlyList<double> longitudes, DegreeRange? range)
    {
        if (range is null || range.To - range.From >= 360)
            return Inside(longitudes, _ => true);
        var west = range.From - EdgeTolerance;
        var width = Modulo(range.To - range.From) + (2 * EdgeTolerance);
        return [.. Inside(longitudes, degrees => Modulo(degrees - west) <= width).OrderBy(i => Modulo(longitudes[i] - west))];
    }

    private static double Modulo(double degrees)
    {
        var rest = degrees % 360;
        return rest < 0 ? rest + 360 : rest;
    }

    private static bool IsIdentity(int[] positions) => positions.SequenceEqual(Enumerable.Range(0, positions.Length));
}
