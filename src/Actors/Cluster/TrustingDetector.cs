using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Cairn.Actors.Cluster;

/// <summary>
/// A worker's failure detector, which takes nobody for lost: who leaves the cluster is the seeds' to say, and as long as anybody calls a
/// member unreachable that the seeds reach, nobody could join or be removed. Whether the cluster goes on without a worker it learns by
/// asking (<see cref="MembershipWatch"/>).
/// </summary>
public sealed class TrustingDetector : FailureDetector
{
    private volatile bool _isMonitoring;

    /// <param name="config">Akka gives every detector its settings; there are none here.</param>
    /// <param name="events">Likewise.</param>
    public TrustingDetector(Config config, EventStream events) => _ = (config, events);

    /// <inheritdoc/>
    public override bool IsAvailable => true;

    /// <inheritdoc/>
    public override bool IsMonitoring => _isMonitoring;

    /// <inheritdoc/>
    public override void HeartBeat() => _isMonitoring = true;
}
