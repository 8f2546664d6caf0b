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
}

internal enum NodeKind
{
    File,
    Directory,
    Link,
}

/// <summary>
/// One change of a directory's entry that no fsync has covered yet: <see cref="Target"/> null removes the name. The removing half of a
/// rename
/// names its adding half, without which it never reaches the platter.
/// </summary>
internal sealed class PendingEntry(Node directory, string name, Node? target, PendingEntry? needs)
{
    public Node Directory => directory;

    public string Name => name;

    public Node? Target => target;

    public PendingEntry? Needs => needs;
}

/// <summary>
/// The page cache and the platter. Legal outcomes of a crash are those that POSIX allows, which are more than any one file system shows: of
/// the entry changes since a directory's fsync each may be kept or lost on its own; of a file's bytes since its fsync any may be
/// missing, zero or garbage.
/// </summary>
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
        Put(fromDirectory, from, null, needs: _pending[^1]);
    }

    public void SyncDirectory(Node directory)
    {
        var wanted = _pending.Where(p => ReferenceEquals(p.Directory, directory)).ToHashSet();
        wanted.UnionWith(wanted.Select(p => p.Needs).OfType<PendingEntry>().ToList());
        foreach (var change in _pending.Where(wanted.Contains).ToList())
        {
            Set(change.Directory.DurableEntries, change.Name, change.Target);
            // What came before it for the same name can no longer surface.
            var settled = _pending.TakeWhile(p => p != change).Append(change)
                .Where(p => p.Directory == change.Directory && p.Name == change.Name).ToHashSet();
            _pending.RemoveAll(settled.Contains);
        }
    }

    /// <summary>A disk as it may be found after power came back. Null keeps everything or nothing, by <paramref name="keepAll"/>.</summary>
    public SimulatedDisk AfterCrash(Random? random, bool keepAll)
    {
        var kept = new HashSet<PendingEntry>();
        // A disk that lost nearly all and one that lost nearly nothing are as interesting as the middle.
        var keepChance = random?.NextDouble() ?? (keepAll ? 2 : -1);
        foreach (var change in _pending)
        {
            if (Chance(random, keepChance))
            {
                kept.Add(change);
            }
        }

        kept.UnionWith(kept.Select(change => change.Needs).OfType<PendingEntry>().Where(_pending.Contains).ToList());
        var copies = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        return new SimulatedDisk { Root = CopyDirectory(Root, kept, copies, random, keepChance) };
    }

    private Node CopyDirectory(Node node, HashSet<PendingEntry> kept, Dictionary<Node, Node> copies, Random? random, double keepChance)
    {
        var copy = new Node(NodeKind.Directory);
        var entries = new SortedDictionary<string, Node>(node.DurableEntries, StringComparer.Ordinal);
        foreach (var change in _pending.Where(p => ReferenceEquals(p.Directory, node) && kept.Contains(p)))
        {
            Set(entries, change.Name, change.Target);
        }

        foreach (var (name, child) in entries)
        {
            if (!copies.TryGetValue(child, out var childCopy))
            {
                childCopy = child.Kind == NodeKind.Directory
                    ? CopyDirectory(child, kept, copies, random, keepChance)
                    : CopyFile(child, random, keepChance);
                copies[child] = childCopy;
            }

            copy.Entries[name] = copy.DurableEntries[name] = childCopy;
        }

        return copy;
    }

    private static Node CopyFile(Node node, Random? random, double keepChance)
    {
        var bytes = node.Bytes.GetRange(0, node.DurableLength);
        var unsynced = node.Bytes.GetRange(node.DurableLength, node.Bytes.Count - node.DurableLength);
        bytes.AddRange(Chance(random, keepChance) ? unsynced : Damaged(unsynced, random));
        return new Node(node.Kind) { Bytes = bytes, DurableLength = bytes.Count };
    }

    private static IEnumerable<byte> Damaged(List<byte> unsynced, Random? random)
    {
        if (random is null || unsynced.Count == 0)
        {
            return [];
        }

        var length = random.Next(unsynced.Count + 1);
        var from = random.Next(length + 1);
        return random.Next(3) switch
        {
            0 => unsynced.Take(length),
            1 => unsynced.Select((b, i) => i < from ? b : (byte)0),
            _ => unsynced.Select((b, i) => i < from ? b : (byte)random.Next(256)),
        };
    }

    private static bool Chance(Random? random, double chance) => random is null ? chance > 1 : random.NextDouble() < chance;

    private static void Set(SortedDictionary<string, Node> entries, string name, Node? target)
    {
        if (target is null)
        {
            entries.Remove(name);
        }
        else
        {
            entries[name] = target;
        }
    }
}
