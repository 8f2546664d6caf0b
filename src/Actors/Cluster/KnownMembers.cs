using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Cluster;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Cluster;

/// <summary>
/// The members that a node last knew, in its state directory: at a restart it joins them instead of starting a second cluster.
/// </summary>
internal sealed record KnownMembers(string? Self, IReadOnlyList<string> Seeds, IReadOnlyList<string> Workers)
{
    /// <summary>The file in a state directory.</summary>
    public const string FileName = "members.json";

    private const int MaxBytes = 1024 * 1024;

    public static readonly KnownMembers None = new(null, [], []);

    /// <summary>The contents of a state directory; no members if it has no file.</summary>
    public static KnownMembers Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var files = new PosixFiles();
        if (!files.FileExists(path))
            return None;

        using var file = files.OpenRead(path);
        try
        {
            var known = file.Length > MaxBytes ? null : JsonSerializer.Deserialize(file, KnownMembersJson.Default.KnownMembers);
            _ = known?.Seeds.Concat(known.Workers).Select(Address.Parse).ToList();
            return known ?? throw new JsonException("it is null, or far too large");
        }
        catch (Exception error) when (error is JsonException or UriFormatException or ArgumentException or NullReferenceException)
        {
            throw new DataException(
                $"{path} does not hold the addresses of a cluster's members: {error.Message} If this node is to join a "
                + "cluster, name a seed; if no cluster is running, remove the file.", error);
        }
    }

    /// <summary>Writes the file, durably.</summary>
    public void Write(string directory)
    {
        var files = new PosixFiles();
        AtomicFile.Replace(files, Path.Combine(directory, FileName),
            JsonSerializer.SerializeToUtf8Bytes(this, KnownMembersJson.Default.KnownMembers));
        files.SyncDirectory(directory);
    }

    /// <summary>Seeds other than this node.</summary>
    public IReadOnlyList<Address> OtherSeeds(Address self) =>
        [.. Seeds.Where(s => s != Self).Select(Address.Parse).Where(a => !a.Equals(self))];

    /// <summary>The nodes to ask, in Akka's order: only the node that is first in its own list may start a cluster.</summary>
    /// <remarks>
    /// A worker, and a seed that was given seeds to join, never starts one. A seed that knew other seeds starts one when all of them say
    /// that they are in none, however long that takes. A seed that was the only one starts one when no worker of its old cluster answers.
    /// </remarks>
    public JoinPlan PlanFor(Address self, bool isSeed, IReadOnlyList<Address> join)
    {
        var others = OtherSeeds(self);
        var given = join.Where(a => !a.Equals(self)).ToList();
        return !isSeed || given.Count > 0 ? new([.. given.Union(others)], JoinPlan.DefaultTimeout)
            : others.Count > 0 ? new([self, .. others], JoinPlan.NoTimeout)
            : new([self, .. Workers.Select(Address.Parse)], HasMoved(self) ? JoinPlan.MovedTimeout : JoinPlan.DefaultTimeout);
    }

    /// <summary>Whether workers know the node only at another address, where they could not find a cluster that it starts.</summary>
    private bool HasMoved(Address self) => Self is not null && Self != $"{self}" && Workers.Count > 0;
}

/// <summary>How to join.</summary>
internal sealed record JoinPlan(IReadOnlyList<Address> Nodes, TimeSpan Timeout)
{
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Of a seed with a new address: busy workers may not answer at once.</summary>
    internal static readonly TimeSpan MovedTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Another seed may still be running out of reach, so the founder waits for all of them.</summary>
    internal static readonly TimeSpan NoTimeout = TimeSpan.FromDays(3650);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KnownMembers))]
internal sealed partial class KnownMembersJson : JsonSerializerContext;

/// <summary>Writes <see cref="KnownMembers"/> whenever the members change.</summary>
internal sealed class KnownMembersWriter : ReceiveActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<Address, bool> _members = [];

    public KnownMembersWriter(string directory)
    {
        Receive<ClusterEvent.MemberUp>(e =>
        {
            _members[e.Member.Address] = e.Member.HasRole(SeedDowning.SeedRole);
            Write(directory);
        });
        Receive<ClusterEvent.MemberRemoved>(e =>
        {
            // After its own removal it knows nothing new about the others.
            if (!e.Member.Address.Equals(_cluster.SelfAddress) && _members.Remove(e.Member.Address))
                Write(directory);
        });
        Receive<ClusterEvent.IMemberEvent>(_ => { });
    }

    protected override void PreStart() => _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Write(string directory)
    {
        if (!_cluster.IsTerminated)
            new KnownMembers($"{_cluster.SelfAddress}", Addresses(seeds: true), Addresses(seeds: false)).Write(directory);
    }

    private List<string> Addresses(bool seeds) =>
        [.. _members.Where(m => m.Value == seeds).Select(m => $"{m.Key}").Order(StringComparer.Ordinal)];
}
