using Cairn.Storage.State;

namespace Cairn.Engine.Models;

/// <summary>
/// One rank's part of a model. <see cref="IPrognosticModel.Description"/> is that of the whole, with the grids of the whole domain.
/// </summary>
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
