using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Storage.Tests.Durable;

/// <summary>A file, directory or symbolic link of the simulated disk, in the page cache and (as far as it was synced) on the
/// platter.</summary>
internal sealed class Node(NodeKind kind)
{
    public NodeKind Kind { get; } = kind;

    /// <summary>Bytes of a file as a living process reads them.</summary>
    public List<byte> Bytes { get; set; } = [];

    /// <summary>How many of <see cref="Bytes"/> an fsync has made durable.</summary>
    public int DurableLength { get; set; }

    /// <summary>An fsync failed: the kernel dropped the dirty pages and calls them clean, so no later fsync makes them durable.</summary>
    public bool PagesLost { get; set; }

    /// <summary>Entries of a directory as a living process sees them.</summary>
    public SortedDictionary<string, Node> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Entries that are certain to be there after a crash, before pending changes.</summary>
    public SortedDictionary<string, Node> DurableEntries { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds what a living process sees at and below this node to a digest.</summary>
    public void Append(IncrementalHash hash, string path)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{Kind}\0{Bytes.Count}\0"));
        hash.AppendData(CollectionsMarshal.AsSpan(Bytes));
        foreach (var (name, child) in Entries)
            child.Append(hash, $"{path}/{name}");
    }
}

internal enum NodeKind
{
    File,
    Directory,
    Link,
}

/// <summary>One change of a directory's entry that no fsync has covered yet: <see cref="Target"/> null removes the name. The removing half
/// of a rename names its adding half, without which it never reaches the platter.</summary>
internal sealed class PendingEntry(Node directory, string name, Node? target, PendingEntry? needs)
{
    public Node Directory => directory;
    public string Name => name;
    public Node? Target => target;
    public PendingEntry? Needs => needs;

    /// <summary>The removing half of a directory's rename: a directory never has two names.</summary>
    public PendingEntry? Brings { get; set; }
}

/// <summary>The page cache and the platter. Legal outcomes of a crash are those that POSIX allows, which are more than any one file system
/// shows: of the entry changes since a directory's fsync each may be kept or lost on its own; of a file's bytes since its fsync any may be
/// missing, zero or garbage.</summary>
internal sealed class SimulatedDisk
{
    private readonly List<PendingEntry> _pending = [];

    public Node Root { get; private init; } = new(NodeKind.Directory);

    public void Put(Node directory, string name, Node? target, PendingEntry? needs = null)
    {
        Set(directory.Entries, name, target);
        _pending.Add(new PendingEntry(directory, name, target, needs));
    }

    public void Rename(Node fromDirectory, string from, Node toDirectory, string to)
    {
        var node = fromDirectory.Entries[from];
        Put(toDirectory, to, node);
        var adding = _pending[^1];
        Put(fromDirectory, from, null, needs: adding);
        adding.Brings = node.Kind == NodeKind.Directory ? _pending[^1] : null;
    }

    /// <summary>Makes a directory's own entries durable: what was renamed away from here is gone, but no standard promises that it is
    /// durable where it went.</summary>
    public void SyncDirectory(Node directory)
    {
        var settled = _pending.Where(p => ReferenceEquals(p.Directory, directory)).ToHashSet();
        settled.UnionWith(settled.Select(p => p.Brings).OfType<PendingEntry>().Where(_pending.Contains).ToList());
        foreach (var change in _pending.Where(settled.Contains))
            Set(change.Directory.DurableEntries, change.Name, change.Target);

        _pending.RemoveAll(settled.Contains);
    }

    /// <summary>Everything that a crash may take: entry changes, and files with bytes that no fsync has covered.</summary>
    public IReadOnlyList<object> Unsynced()
    {
        var nodes = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        Collect(Root, nodes);
        foreach (var target in _pending.Select(p => p.Target).OfType<Node>())
            Collect(target, nodes);

        return [.. _pending, .. nodes.Where(n => n.DurableLength < n.Bytes.Count)];
    }

    /// <summary>A disk as it may be found after power came back.</summary>
    public SimulatedDisk AfterCrash(CrashFate fate)
    {
        var kept = _pending.Where(fate.Keeps).ToHashSet();
        kept.UnionWith(kept.Select(change => change.Needs).OfType<PendingEntry>().Where(_pending.Contains).ToList());
        kept.UnionWith(kept.Select(change => change.Brings).OfType<PendingEntry>().Where(_pending.Contains).ToList());
        var copies = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        return new SimulatedDisk { Root = CopyDirectory(Root, kept, copies, fate) };
    }

    /// <summary>The same disk with what is synced and what is not: a machine that goes on, whatever happened to a process on it.</summary>
    public SimulatedDisk Copy()
    {
        var copies = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        var copy = new SimulatedDisk { Root = CopyLive(Root, copies) };
        var changes = new Dictionary<PendingEntry, PendingEntry>();
        foreach (var change in _pending)
        {
            var target = change.Target is null ? null : CopyLive(change.Target, copies);
            var needs = change.Needs is null ? null : changes.GetValueOrDefault(change.Needs);
            copy._pending.Add(changes[change] = new PendingEntry(CopyLive(change.Directory, copies), change.Name, target, needs));
            if (needs is not null && target is null && change.Needs?.Brings == change)
                needs.Brings = changes[change];
        }

        return copy;
    }

    private static Node CopyLive(Node node, Dictionary<Node, Node> copies)
    {
        if (copies.TryGetValue(node, out var copy))
            return copy;

        copies[node] = copy = new Node(node.Kind)
        {
            Bytes = [.. node.Bytes], DurableLength = node.DurableLength, PagesLost = node.PagesLost,
        };
        foreach (var (name, child) in node.Entries)
            copy.Entries[name] = CopyLive(child, copies);

        foreach (var (name, child) in node.DurableEntries)
            copy.DurableEntries[name] = CopyLive(child, copies);

        return copy;
    }

    private static void Collect(Node node, HashSet<Node> nodes)
    {
        if (nodes.Add(node))
        {
            foreach (var child in node.Entries.Values.Concat(node.DurableEntries.Values))
                Collect(child, nodes);
        }
    }

    private Node CopyDirectory(Node node, HashSet<PendingEntry> kept, Dictionary<Node, Node> copies, CrashFate fate)
    {
        var copy = new Node(NodeKind.Directory);
        var entries = new SortedDictionary<string, Node>(node.DurableEntries, StringComparer.Ordinal);
        foreach (var change in _pending.Where(p => ReferenceEquals(p.Directory, node) && kept.Contains(p)))
            Set(entries, change.Name, change.Target);

        foreach (var (name, child) in entries)
        {
            if (!copies.TryGetValue(child, out var childCopy))
            {
                childCopy = child.Kind == NodeKind.Directory ? CopyDirectory(child, kept, copies, fate) : CopyFile(child, fate);
                copies[child] = childCopy;
            }

            copy.Entries[name] = copy.DurableEntries[name] = childCopy;
        }

        return copy;
    }

    private static Node CopyFile(Node node, CrashFate fate)
    {
        var bytes = node.Bytes.GetRange(0, node.DurableLength);
        if (node.DurableLength < node.Bytes.Count)
            bytes.AddRange(fate.Bytes(node, node.Bytes.GetRange(node.DurableLength, node.Bytes.Count - node.DurableLength)));

        return new Node(node.Kind) { Bytes = bytes, DurableLength = bytes.Count };
    }

    private static void Set(SortedDictionary<string, Node> entries, string name, Node? target)
    {
        if (target is null)
            entries.Remove(name);
        else
            entries[name] = target;
    }
}
