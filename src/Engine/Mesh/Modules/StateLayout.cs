namespace Cairn.Engine.Mesh.Modules;

/// <summary>The state variables of all modules, in their order: <c>module:variable</c>, as CHM's checkpoints name them. A state is one
/// array with a row of triangles for each, so that a tensor and a checkpoint of named arrays are two views of the same values.</summary>
public sealed class StateLayout
{
    private readonly Dictionary<string, int> _rows;

    /// <param name="modules">The modules, in the order of their steps.</param>
    public StateLayout(IReadOnlyList<IModule> modules)
    {
        Names = [.. modules.SelectMany(module => module.State.Select(variable => Name(module.Name, variable)))];
        Variables = [.. modules.SelectMany(module => module.State)];
        _rows = Names.Index().ToDictionary(row => row.Item, row => row.Index);
    }

    /// <summary><c>module:variable</c> of each row.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The variable of each row alone.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>How a module's state variable is called.</summary>
    public static string Name(string module, string variable) => $"{module}:{variable}";

    /// <summary>The row of a state variable.</summary>
    /// <exception cref="SpecException">There is none of that name.</exception>
    public int Row(string name) => _rows.TryGetValue(name, out var row)
        ? row
        : throw new SpecException($"There is no state variable {name}; expected one of {string.Join(", ", Names)}.");
}

/// <summary>A state to read: <c>[state variable, triangle]</c>.</summary>
public readonly ref struct SavedState(StateLayout layout, ReadOnlySpan<double> values)
{
    private readonly StateLayout _layout = layout;
    private readonly ReadOnlySpan<double> _values = values;

    /// <summary>The names of what it holds.</summary>
    public IReadOnlyList<string> Names => _layout.Names;

    /// <summary>One state variable of a module, by triangle.</summary>
    public ReadOnlySpan<double> Of(string module, string variable) => this[_layout.Row(StateLayout.Name(module, variable))];

    /// <summary>One row, by triangle.</summary>
    public ReadOnlySpan<double> this[int row]
    {
        get
        {
            var triangles = _values.Length / _layout.Names.Count;
            return _values.Slice(row * triangles, triangles);
        }
    }
}

/// <summary>Room for a state: <c>[state variable, triangle]</c>.</summary>
public readonly ref struct StateRoom(StateLayout layout, Span<double> values)
{
    private readonly StateLayout _layout = layout;
    private readonly Span<double> _values = values;

    /// <summary>The names of what it holds.</summary>
    public IReadOnlyList<string> Names => _layout.Names;

    /// <summary>Room for one state variable of a module, by triangle.</summary>
    public Span<double> Of(string module, string variable) => this[_layout.Row(StateLayout.Name(module, variable))];

    /// <summary>One row, by triangle.</summary>
    public Span<double> this[int row]
    {
        get
        {
            var triangles = _values.Length / _layout.Names.Count;
            return _values.Slice(row * triangles, triangles);
        }
    }
}
