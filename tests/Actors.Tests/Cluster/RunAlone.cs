namespace Cairn.Actors.Tests.Cluster;

/// <summary>
/// Tests of several nodes in one process, whose failure detectors take a machine that is kept busy by other tests for a dead peer: they run
/// when nothing else does.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunAlone
{
    /// <summary>What such a class names.</summary>
    public const string Name = "alone";
}
