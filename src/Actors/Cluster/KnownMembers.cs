using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Cluster;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Cluster;

/// <summary>
/// The members that a node last knew, kept in its state directory: those it joins when it starts again, instead of starting a second
/// cluster.
/// </summary>
/// <param name="Self">The address that the node itself had.</param>
/// <param name="Seeds">Addresses of seeds, its own too.</param>
/// <param name="Workers">Addresses of workers.</param>
public sealed record KnownMembers(string? Self, IReadOnlyList<string> Seeds, IReadOnlyList<string> Workers)
{
    /// <summary>The file in a state directory.</summary>
    public const string FileName = "members.json";

    private const int MaxBytes = 1024 * 1024;

    /// <summary>No members.</summary>
    public static readonly KnownMembers None = new(null, [], []);

    /// <summary>The contents of a state directory; no members if it has no file.</summary>
    /// <exception cref="DataException">The file is damaged.</exception>
    public static KnownMembers Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var files = new PosixFiles();
        if (!files.FileExists(path))
        {
            return None;
        }

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
    /// A worker, and a seed that was given seeds to join, never starts one. A seed that knew other seeds starts one when all of those say
    /// that they are in none, however long that takes: one of them may be running out of sight. A seed that was the only one starts one
    /// when no worker of its old cluster answers.
    /// </remarks>
    /// <param name="self">The node.</param>
    /// <param name="isSeed">Whether it is a seed.</param>
    /// <param name="join">The seeds that it was given to join.</param>
    public JoinPlan PlanFor(Address self, bool isSeed, IReadOnlyList<Address> join)
    {
        var others = OtherSeeds(self);
        var told = join.Where(a => !a.Equals(self)).ToList();
        return !isSeed || told.Count > 0 ? new([.. told.Union(others)], JoinPlan.Usual)
            : others.Count > 0 ? new([self, .. others], JoinPlan.Unhurried)
            : new([self, .. Workers.Select(Address.Parse)], HasMoved(self) ? JoinPlan.Moved : JoinPlan.Usual);
    }

    /// <summary>Whether workers know the node at another address only: a cluster that it founds beside them they never find.</summary>
    private bool HasMoved(Address self) => Self is not null && Self != $"{self}" && Workers.Count > 0;
}

/// <summary>How to join.</summary>
/// <param name="Nodes">As <c>seed-nodes</c>.</param>
/// <param name="Patience">How long to wait for answers before continuing without them, as <c>seed-node-timeout</c>.</param>
public sealed record JoinPlan(IReadOnlyList<Address> Nodes, TimeSpan Patience)
{
    internal static readonly TimeSpan Usual = TimeSpan.FromSeconds(3);

    /// <summary>Of one that has moved: workers that are too busy to answer at once are waited for.</summary>
    internal static readonly TimeSpan Moved = TimeSpan.FromSeconds(30);

    /// <summary>The founder waits for as long as another seed may be going on out of sight.</summary>
    internal static readonly TimeSpan Unhurried = TimeSpan.FromDays(3650);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KnownMembers))]
internal sealed partial class KnownMembersJson : JsonSerializerContext;

/// <summary>Keeps <see cref="KnownMembers"/> up to date.</summary>
internal sealed class MembersKeeper : ReceiveActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly Dictionary<Address, bool> _members = [];

    /// <summary>Keeps them in a directory.</summary>
    public MembersKeeper(string directory)
    {
        Receive<ClusterEvent.MemberUp>(e =>
        {
            _members[e.Member.Address] = e.Member.HasRole(SeedDowning.SeedRole);
            Write(directory);
        });
        Receive<ClusterEvent.MemberRemoved>(e =>
        {
            // Its own removal is no news of the others.
            if (!e.Member.Address.Equals(_cluster.SelfAddress) && _members.Remove(e.Member.Address))
            {
                Write(directory);
            }
        });
        Receive<ClusterEvent.IMemberEvent>(_ => { });
    }

    /// <inheritdoc/>
    protected override void PreStart() => _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Write(string directory)
    {
        if (!_cluster.IsTerminated)
        {
            new KnownMembers($"{_cluster.SelfAddress}", Addresses(seeds: true), Addresses(seeds: false)).Write(directory);
        }
    }

    private List<string> Addresses(bool seeds) =>
        [.. _members.Where(m => m.Value == seeds).Select(m => $"{m.Key}").Order(StringComparer.Ordinal)];
}
