namespace Cairn.Engine.Mesh.Modules;

/// <summary>One process of a mesh model, after CHM's modules (Marsh, Pomeroy and Wheater 2020, Geosci. Model Dev. 13, 225-247): it names
/// the variables that it reads and gives, and is put in order by them. docs/mesh.md says how to write one.</summary>
/// <remarks>
/// <para>Every rank has modules of its own. What a triangle gets may not depend on which rank it lies on: sums over neighbours go by the
/// order of its edges, and nothing is summed over a rank.</para>
/// <para>What a module keeps from step to step is in its <see cref="State"/> and nowhere else: each step begins with
/// <see cref="LoadCheckpoint"/> and ends with <see cref="Checkpoint"/>, since steps of several members take turns.</para>
/// </remarks>
public interface IModule
{
    /// <summary>Its name, with which that of its state variables begins: letters, digits, underscore and hyphen.</summary>
    string Name { get; }

    /// <summary>Whether it works triangle by triangle.</summary>
    ModuleParallelism Parallelism { get; }

    /// <summary>The columns of the forcing that it reads.</summary>
    IReadOnlyList<string> Forcing { get; }

    /// <summary>The variables that it reads, each provided by another module.</summary>
    IReadOnlyList<string> Depends { get; }

    /// <summary>The variables of another module that it changes, before those run that only read them.</summary>
    IReadOnlyList<string> Alters { get; }

    /// <summary>The variables that it gives a value in every step; no other module provides one of them.</summary>
    IReadOnlyList<string> Provides { get; }

    /// <summary>Those of its variables whose values the next step begins with.</summary>
    IReadOnlyList<string> State { get; }

    /// <summary>Called once, before anything else: looks its variables up, works out what never changes, and sets the initial
    /// state.</summary>
    /// <exception cref="SpecException">It cannot work on this mesh, with these settings or this forcing.</exception>
    void Initialise(ModuleSetup setup);

    /// <summary>One step of the triangles that it is given.</summary>
    /// <exception cref="StepException">It has no result.</exception>
    void Run(in MeshStep step);

    /// <summary>Gives its state, for the rank's own triangles.</summary>
    void Checkpoint(in StateRoom room);

    /// <summary>Takes up the state that <see cref="Checkpoint"/> gave.</summary>
    void LoadCheckpoint(in SavedState saved);
}

/// <summary>How a module's work can be divided.</summary>
public enum ModuleParallelism
{
    /// <summary>Triangle by triangle: it is run on some triangles at a time, in any order, and never looks at a neighbour.</summary>
    Data,

    /// <summary>It looks at neighbours: it is run on all triangles of a rank at once, and fills ghosts as it needs them.</summary>
    Domain,
}

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
        _variables = setup.Variables;
        _state.AddRange(State.Select(variable => (variable, setup.Variable(variable))));
        Begin(setup);
    }

    public abstract void Run(in MeshStep step);

    public void Checkpoint(in StateRoom room)
    {
        foreach (var (variable, index) in _state)
            _variables!.Own(index).CopyTo(room.Of(name, variable));
    }

    public void LoadCheckpoint(in SavedState saved)
    {
        foreach (var (variable, index) in _state)
            saved.Of(name, variable).CopyTo(_variables!.Own(index));
    }

    /// <summary>What <see cref="IModule.Initialise"/> has to do besides; variables are zero at first.</summary>
    protected abstract void Begin(ModuleSetup setup);
}
