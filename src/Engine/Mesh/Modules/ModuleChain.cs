using Cairn.Engine.Mesh.Forcing;
using Cairn.Engine.Mesh.Partition;

namespace Cairn.Engine.Mesh.Modules;

/// <summary>The modules of one rank in their order, with their variables: what a step of one member goes through.</summary>
/// <remarks>Data-parallel modules that follow each other step some triangles at a time, all of them, before the next triangles: their
/// variables then stay in the cache. A domain-parallel module steps all triangles at once.</remarks>
public sealed class ModuleChain
{
    /// <summary>Triangles at a time: a dozen variables of them fit the second cache of usual processors.</summary>
    private const int Block = 2048;

    private readonly IReadOnlyList<IModule[]> _groups;
    private readonly IReadOnlyList<IModule> _modules;
    private readonly MeshPart _part;
    private readonly ForcingSeries _forcing;
    private readonly TimeSpan _step;
    private readonly MeshVariables _variables;
    private readonly GhostExchange _ghosts;

    /// <summary>Initialises the modules.</summary>
    /// <param name="modules">The modules, in any order, for this chain alone.</param>
    /// <param name="part">The rank's triangles.</param>
    /// <param name="forcing">The forcing.</param>
    /// <param name="step">How far a step goes: the interval of the forcing.</param>
    /// <param name="ranks">The gang.</param>
    /// <exception cref="SpecException">The modules do not go together, or one cannot work here.</exception>
    public ModuleChain(
        IReadOnlyList<IModule> modules, MeshPart part, ForcingSeries forcing, TimeSpan step, ICommunicator ranks)
    {
        (_modules, _part, _forcing, _step) = (ModuleOrder.Of(modules), part, forcing, step);
        if (forcing.Interval != step)
            throw new SpecException($"model.step is {step}, but {forcing.Source} has a row every {forcing.Interval}; expected the same. "
                + "Set model.step to the interval of the forcing.");
        Layout = new StateLayout(_modules);
        _variables = new MeshVariables(_modules.SelectMany(module => module.Provides), part.Count, part.LocalCount);
        _ghosts = new GhostExchange(part, ranks);
        _groups = Groups(_modules);
        foreach (var module in _modules)
            module.Initialise(new ModuleSetup(module, part, _variables, forcing, step));
    }

    /// <summary>The names of the modules, in the order of their steps.</summary>
    public IReadOnlyList<string> Modules => [.. _modules.Select(module => module.Name)];

    /// <summary>What their state is made of.</summary>
    public StateLayout Layout { get; }

    /// <summary>A variable as the last step left it, by own triangle.</summary>
    /// <exception cref="SpecException">No module provides it.</exception>
    public ReadOnlySpan<double> Variable(string name) => _variables.IndexOf(name) is var index and >= 0
        ? _variables.Own(index)
        : throw new SpecException($"No module provides {name}.");

    /// <summary>Takes up a state.</summary>
    public void Load(in SavedState saved)
    {
        foreach (var module in _modules)
            module.LoadCheckpoint(saved);
    }

    /// <summary>One step; collective where a module is domain-parallel.</summary>
    /// <param name="time">When it begins.</param>
    /// <exception cref="DataException">The forcing has no such time.</exception>
    public void Step(DateTime time)
    {
        var step = new MeshStep(_variables, _forcing.At(time), _ghosts, _step.TotalSeconds, 0, _part.Count);
        foreach (var group in _groups)
        {
            if (group[0].Parallelism == ModuleParallelism.Domain)
                group[0].Run(step);
            else
                RunBlocks(group, step);
        }
    }

    /// <summary>Gives the state, the initial one before the first step.</summary>
    public void Save(in StateRoom room)
    {
        foreach (var module in _modules)
            module.Checkpoint(room);
    }

    private void RunBlocks(IModule[] group, in MeshStep step)
    {
        for (var first = 0; first < _part.Count; first += Block)
        {
            var some = step.Part(first, Math.Min(Block, _part.Count - first));
            foreach (var module in group)
                module.Run(some);
        }
    }

    private static List<IModule[]> Groups(IReadOnlyList<IModule> modules)
    {
        var groups = new List<List<IModule>>();
        foreach (var module in modules)
        {
            if (module.Parallelism == ModuleParallelism.Data
                && groups.LastOrDefault() is [{ Parallelism: ModuleParallelism.Data }, ..] last)
            {
                last.Add(module);
            }
            else
            {
                groups.Add([module]);
            }
        }
        return [.. groups.Select(group => group.ToArray())];
    }
}
