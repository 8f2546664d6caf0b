using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Akka.Configuration;
using Akka.Serialization;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>
/// For what Akka's actors tell each other in one process and forgot to exempt from <c>serialize-messages</c>: it passes as it is.
/// </summary>
public sealed class OwnSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>Put before the settings that make every message pass through its bytes.</summary>
    public static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka.actor {
          serializers.own = "Cairn.Actors.Tests.Cluster.OwnSerializer, Cairn.Actors.Tests"
          serialization-bindings {
            "Akka.Persistence.RequestRecoveryPermit, Akka.Persistence" = own
            "Akka.Persistence.RecoveryPermitGranted, Akka.Persistence" = own
            "Akka.Persistence.ReturnRecoveryPermit, Akka.Persistence" = own
            "Akka.Persistence.Journal.AsyncWriteJournal+Desequenced, Akka.Persistence" = own
            "Akka.Pattern.BackoffSupervisor+StartChild, Akka" = own
            "Akka.Pattern.BackoffSupervisor+ResetRestartCount, Akka" = own
            "Akka.Dispatch.SysMsg.StopChild, Akka" = own
          }
        }
        """);

    private readonly ConcurrentDictionary<string, object> _passing = new(StringComparer.Ordinal);
    private long _count;

    public override int Identifier => 7299;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        var key = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        _passing[key] = obj;
        return Encoding.ASCII.GetBytes(key);
    }

    public override object FromBinary(byte[] bytes, Type type) => _passing.TryRemove(Encoding.ASCII.GetString(bytes), out var obj)
        ? obj
        : throw new InvalidOperationException("it has passed already");
}
