using Cairn.Engine.Ranks;

namespace Cairn.Engine.Models;

/// <summary>
/// A model whose domain can be cut into parts that several ranks step together, without a change of any bit: what it works out of a point
/// has one expression in one order, whichever rank the point lies on. docs/models.md tells how to write one.
/// </summary>
public interface ICuttableModel : IPrognosticModel
{
    /// <summary>The most ranks that its domain can be cut for, at least 1: beyond that a part would be too thin for its halos.</summary>
    int MostRanks { get; }

    /// <summary>One rank's part, which uses the communicator but does not own it, and must not outlive this model.</summary>
    /// <exception cref="SpecException">There are more ranks than <see cref="MostRanks"/>.</exception>
    IRankModel Cut(ICommunicator ranks);
}
