using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Cairn.Actors.Cluster;

/// <summary>
/// A worker's failure detector, which never reports a member as lost: the seeds decide who leaves the cluster, and as long as any member
/// calls another unreachable that the seeds reach, no node could join or be removed. A worker learns by asking whether the cluster
/// continues without it (<see cref="MembershipWatch"/>).
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
