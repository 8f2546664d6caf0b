using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Storage.Fields;

namespace Cairn.Engine.Rollouts;

/// <summary>Which of a model's output variables and grid points are written, as positions in its fields.</summary>
public sealed class OutputPlan
{
    /// <summary>
    /// Degrees by which a point may miss an edge of the box: coordinates kept in float32 are not what a person types (0.7).
    /// </summary>
    private const double EdgeTolerance = 1e-4;

    private readonly int[] _variables;
    private readonly int[] _rows;
    private readonly int[] _columns;
    private readonly int _width;
    private readonly int _variableCount;
    private readonly bool _wholeGrid;
    private readonly bool _enabled;

    private OutputPlan(ModelDescription model, int[] variables, int[] rows, int[] columns, bool enabled)
    {
        _variables = variables;
        _rows = rows;
        _columns = columns;
        _width = model.OutputGrid.Longitudes.Count;
        _variableCount = model.OutputVariables.Count;
        _enabled = enabled;
        Unit = model.OutputGrid.Unit;
        GridSize = model.OutputGrid.Latitudes.Count * _width;
        _wholeGrid = rows.Length * columns.Length == GridSize && IsIdentity(rows) && IsIdentity(columns);
        Variables = [.. variables.Select(v => model.OutputVariables[v])];
        Latitudes = [.. rows.Select(r => model.OutputGrid.Latitudes[r])];
        Longitudes = [.. columns.Select(c => model.OutputGrid.Longitudes[c])];
        Mesh = model.OutputGrid.Mesh?.Picked(columns);
    }

    /// <summary>Variables that are written, in the spec's order.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>Latitudes that are written, in degrees north, in the grid's order.</summary>
    public IReadOnlyList<double> Latitudes { get; }

    /// <summary>Longitudes that are written, in degrees east; a box across the grid's seam comes in one piece.</summary>
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
    /// <exception cref="SpecException">A variable that the model does not give, or a box without a grid point.</exception>
    public static OutputPlan Of(OutputSpec output, ModelDescription model)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(model);
        var (box, grid) = (output.Box, model.OutputGrid);
        if (box is not null && grid.Unit != GridUnit.Degrees)
        {
            throw new SpecException($"output.box is in degrees, and the {model.Kind} model's grid has none; expected no box beside it. "
                + "Leave output.box out.");
        }

        var rows = Inside(grid.Latitudes, degrees => box?.Latitude is not { } range
            || (range.From - EdgeTolerance <= degrees && degrees <= range.To + EdgeTolerance));
        var columns = LongitudesInside(grid.Longitudes, box?.Longitude);
        if (grid.Unit == GridUnit.Triangles)
        {
            // Fields stand in the order in which the mesh is cut; output goes by the triangles' own numbers.
            columns = [.. columns.OrderBy(column => grid.Longitudes[column])];
        }

        if (rows.Length == 0 || columns.Length == 0)
        {
            throw new SpecException($"output.box holds no grid point: the grid has "
                + $"{grid.Latitudes.Count} latitudes from {grid.Latitudes[0]} to "
                + $"{grid.Latitudes[^1]} and {grid.Longitudes.Count} longitudes "
                + $"from {grid.Longitudes[0]} to {grid.Longitudes[^1]}. Widen the box.");
        }

        return new OutputPlan(model, VariablesOf(output, model), rows, columns, output.Kind != OutputKind.None);
    }

    /// <summary>The plan that writes some variables on the model's whole grid.</summary>
    /// <exception cref="SpecException">A variable that the model does not give.</exception>
    public static OutputPlan Whole(ModelDescription model, IReadOnlyList<string> variables) =>
        Of(new OutputSpec { Kind = OutputKind.Zarr, Variables = variables }, model);

    /// <summary>Whether any fields are written.</summary>
    public bool IsEnabled => _enabled;

    /// <summary>Whether a boundary's fields are written.</summary>
    public bool Writes(BoundarySchedule schedule, int boundary) => _enabled && schedule.WritesFields(boundary);

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
            {
                target[next++] = field[(latitude * _width) + longitude];
            }
        }
    }

    private static int[] VariablesOf(OutputSpec output, ModelDescription model)
    {
        var known = model.OutputVariables.ToList();
        var wanted = output.Variables ?? known;
        var unknown = wanted.Where(v => !known.Contains(v)).ToList();
        return unknown.Count == 0
            ? [.. wanted.Select(v => known.IndexOf(v))]
            : throw new SpecException($"output.variables names {string.Join(", ", unknown)}, which the model does not give; "
                + $"the {model.Kind} model gives {string.Join(", ", known)}.");
    }

    private static int[] Inside(IReadOnlyList<double> degrees, Func<double, bool> inside) =>
        [.. Enumerable.Range(0, degrees.Count).Where(i => inside(degrees[i]))];

    /// <summary>
    /// Longitudes are compared modulo 360, and ordered from the box's western edge, so that a box across the seam is one piece.
    /// </summary>
    private static int[] LongitudesInside(IReadOnlyList<double> longitudes, DegreeRange? range)
    {
        if (range is null || range.To - range.From >= 360)
        {
            return Inside(longitudes, _ => true);
        }

        var west = range.From - EdgeTolerance;
        var width = Modulo(range.To - range.From) + (2 * EdgeTolerance);
        return [.. Inside(longitudes, degrees => Modulo(degrees - west) <= width).OrderBy(i => Modulo(longitudes[i] - west))];
    }

    private static double Modulo(double degrees)
    {
        var rest = degrees % 360;
        return rest < 0 ? rest + 360 : rest;
    }

    private static bool IsIdentity(int[] positions)
    {
        for (var i = 0; i < positions.Length; i++)
        {
            if (positions[i] != i)
            {
                return false;
            }
        }

        return true;
    }
}
