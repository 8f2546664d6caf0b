namespace Cairn.Engine.Models;

/// <summary>A model whose domain can be cut into parts that several ranks step together, without a change of any bit: what it works out of
/// a point has one expression in one order, whichever rank the point lies on. docs/models.md says how to write one.</summary>
public interface ICuttableModel : IPrognosticModel
{
    /// <summary>The most ranks that its domain can be cut for, at least 1: beyond that a part would be too thin for its halos.</summary>
    int MostRanks { get; }

    /// <summary>One rank's part, which uses the communicator but does not own it, and must not outlive this model.</summary>
    /// <exception cref="SpecException">There are more ranks than <see cref="MostRanks"/>.</exception>
    IRankModel Cut(ICommunicator ranks);
}

/// <summary>One rank's part of a model. <see cref="IPrognosticModel.Description"/> is that of the whole, with the grids of the whole
/// domain.</summary>
/// <remarks>
/// <list type="bullet">
/// <item><see cref="IPrognosticModel.Initialize"/> takes the fields of the whole domain, <c>[batch, input variable, latitude,
/// longitude]</c>: every rank reads and perturbs all of an initial condition, so that no draw depends on the cut. It gives this rank's
/// state alone, <c>[batch, ...]</c> with the shape of <see cref="StateSlice"/>.</item>
/// <item><see cref="IPrognosticModel.Step"/> and <see cref="IPrognosticModel.Fields"/> may exchange halos: all ranks call them for the same
/// states in the same order. Where a rank fails, the gang has to be aborted.</item>
/// <item><see cref="IPrognosticModel.Fields"/> gives this rank's part, <c>[batch, output variable, ...]</c> with the shape of
/// <see cref="FieldSlice"/>; <see cref="Ranks.FieldGather"/> brings the parts together.</item>
/// </list>
/// </remarks>
public interface IRankModel : IPrognosticModel
{
    /// <summary>This rank's part of one member's state: the shape of the whole without the batch axis, and a box of it.</summary>
    DomainSlice StateSlice { get; }

    /// <summary>This rank's part of an output field <c>[latitude, longitude]</c>.</summary>
    DomainSlice FieldSlice { get; }
}
