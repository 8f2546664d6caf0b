namespace Cairn.Engine.Mesh.Modules;

/// <summary>A module whose state variables are variables of the mesh, which is what its checkpoint holds.</summary>
public abstract class MeshModule(string name, ModuleParallelism parallelism) : IModule
{
    private readonly List<(string Name, int Index)> _state = [];
    private MeshVariables? _variables;

    public string Name => name;

    public ModuleParallelism Parallelism => parallelism;

    public virtual IReadOnlyList<string> Forcing => [];

    public virtual IReadOnlyList<string> Depends => [];

    public virtual IReadOnlyList<string> Alters => [];

    public virtual IReadOnlyList<string> Provides => [];

    public virtual IReadOnlyList<string> State => [];

    public void Initialise(ModuleSetup setup)
    {
        ArgumentNullException.ThrowIfNull(setup);
        _variables = setup.Variables;
        _state.AddRange(State.Select(variable => (variable, setup.Variable(variable))));
        Begin(setup);
    }

    public abstract void Run(in MeshStep step);

    public void Checkpoint(in StateRoom room)
    {
        foreach (var (variable, index) in _state)
        {
            _variables!.Own(index).CopyTo(room.Of(name, variable));
        }
    }

    public void LoadCheckpoint(in SavedState saved)
    {
        foreach (var (variable, index) in _state)
        {
            saved.Of(name, variable).CopyTo(_variables!.Own(index));
        }
    }

    /// <summary>What <see cref="IModule.Initialise"/> has to do besides; variables are zero at first.</summary>
    protected abstract void Begin(ModuleSetup setup);
}
