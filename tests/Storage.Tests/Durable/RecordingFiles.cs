using System.Security.Cryptography;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

/// <summary>An in-memory file system for proving commit protocols: it records every call that changes something, fails or loses power where
/// a test says so, and gives the states in which a disk may legally be found after a crash (see <see cref="SimulatedDisk"/>).</summary>
public sealed partial class RecordingFiles : IDurableFiles
{
    private readonly Lock _lock = new();
    private readonly List<FileOperation> _operations = [];
    private readonly List<(Fault Fault, int[] Seen)> _faults = [];
    private readonly SimulatedDisk _disk;
    private int _powerOffAfter = int.MaxValue;

    /// <summary>An empty disk on which the given directories already exist, durably.</summary>
    public RecordingFiles(params string[] directories) : this(new SimulatedDisk())
    {
        foreach (var directory in directories)
        {
            var at = _disk.Root;
            foreach (var part in Parts(directory))
            {
                if (!at.Entries.TryGetValue(part, out var child))
                {
                    _disk.Put(at, part, child = new Node(NodeKind.Directory));
                    _disk.SyncDirectory(at);
                }

                at = child;
            }
        }
    }

    private RecordingFiles(SimulatedDisk disk) => _disk = disk;

    /// <summary>Every call that could change what is on disk, in order: open, write, fsync, close, mkdir, rename, link, unlink,
    /// rmdir.</summary>
    public IReadOnlyList<FileOperation> Operations => Locked<IReadOnlyList<FileOperation>>(() => [.. _operations]);

    /// <summary>Plants a fault.</summary>
    public void Plant(Fault fault) => _faults.Add((fault, new int[1]));

    /// <summary>Removes all planted faults: the disk works again.</summary>
    public void Heal() => _faults.Clear();

    /// <summary>Lets <paramref name="calls"/> more recorded calls happen; then every call, recorded or not, throws
    /// <see cref="PowerOffException"/>.</summary>
    public void PowerOffAfter(int calls) => _powerOffAfter = _operations.Count + calls;

    /// <summary>Called before each recorded call happens, so that a sweep can take a snapshot there.</summary>
    public Action? BeforeCall { get; set; }

    /// <summary>The same disk, synced and unsynced, without faults and with nothing recorded.</summary>
    public RecordingFiles Snapshot() => Locked(() => new RecordingFiles(_disk.Copy()));

    /// <summary>One legal disk after power failed now, chosen by <paramref name="seed"/>. This instance is left as it is.</summary>
    public RecordingFiles Crash(int seed) => new(_disk.AfterCrash(new CrashFate.Mixed(seed)));

    /// <summary>Legal disks after power failed now: everything unsynced lost, everything kept, and <paramref name="samples"/> seeded
    /// mixtures.</summary>
    public IEnumerable<RecordingFiles> CrashStates(int samples, int seed = 0)
    {
        yield return new RecordingFiles(_disk.AfterCrash(new CrashFate.Whole(keep: false)));
        yield return new RecordingFiles(_disk.AfterCrash(new CrashFate.Whole(keep: true)));
        for (var i = 0; i < samples; i++)
            yield return Crash(seed + i);
    }

    /// <summary>Legal disks on which exactly one unsynced effect is missing, or one file's unsynced bytes are garbage.</summary>
    public IEnumerable<RecordingFiles> OmissionStates()
    {
        foreach (var effect in _disk.Unsynced())
        {
            yield return new RecordingFiles(_disk.AfterCrash(new CrashFate.AllBut(effect, garbled: false)));
            if (effect is Node)
                yield return new RecordingFiles(_disk.AfterCrash(new CrashFate.AllBut(effect, garbled: true)));
        }
    }

    public IDurableFile Create(string path)
    {
        lock (_lock)
        {
            return Do(new FileOperation("open", path), () =>
            {
                var (directory, name) = Parent(path, "open");
                Require(!directory.Entries.ContainsKey(name), "open", path, 17, "File exists");
                var node = new Node(NodeKind.File);
                _disk.Put(directory, name, node);
                return new OpenFile(this, node, path);
            });
        }
    }

    public Stream OpenRead(string path)
    {
        lock (_lock)
        {
            Opened++;
            CheckPower();
            var node = Find(path) ?? throw Error("open", path, 2, "No such file or directory");
            Require(node.Kind == NodeKind.File, "open", path, 22, "it is not a regular file");
            return new MemoryStream([.. node.Bytes], writable: false);
        }
    }

    public bool CreateDirectory(string path)
    {
        lock (_lock)
        {
            return Do(new FileOperation("mkdir", path), () =>
            {
                var (directory, name) = Parent(path, "mkdir");
                if (directory.Entries.TryGetValue(name, out var existing))
                {
                    Require(existing.Kind == NodeKind.Directory, "mkdir", path, 17, "File exists");
                    return false;
                }

                _disk.Put(directory, name, new Node(NodeKind.Directory));
                return true;
            });
        }
    }

    public void SyncFile(string path) => throw new NotSupportedException("Nothing else writes to a disk in memory.");

    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            Do(new FileOperation("fsync", path), () => _disk.SyncDirectory(Directory(path, "open")));
        }
    }

    /// <summary>In another order each time, for a disk promises none; seeded, so that a sweep meets the same one again.</summary>
    public void SyncAll(IReadOnlyList<IDurableFile> files, IReadOnlyList<string> directories)
    {
        Action[] calls = [.. files.Select(f => (Action)f.Sync), .. directories.Select(d => (Action)(() => SyncDirectory(d)))];
        new Random(_operations.Count).Shuffle(calls);
        foreach (var call in calls)
            call();
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            Do(new FileOperation("rename", from, to), () =>
            {
                var (fromDirectory, fromName) = Parent(from, "rename");
                var (toDirectory, toName) = Parent(to, "rename");
                Require(fromDirectory.Entries.ContainsKey(fromName), "rename", from, 2, "No such file or directory");
                var full = toDirectory.Entries.TryGetValue(toName, out var old) && old.Kind == NodeKind.Directory && old.Entries.Count > 0;
                Require(!full, "rename", to, 39, "Directory not empty");
                _disk.Rename(fromDirectory, fromName, toDirectory, toName);
            });
        }
    }

    public void Link(string existing, string name)
    {
        lock (_lock)
        {
            Do(new FileOperation("link", existing, name), () =>
            {
                var node = Find(existing) ?? throw Error("link", existing, 2, "No such file or directory");
                var (directory, last) = Parent(name, "link");
                Require(!directory.Entries.ContainsKey(last), "link", name, 17, "File exists");
                _disk.Put(directory, last, node);
            });
        }
    }

    public void DeleteFile(string path) => Remove(path, "unlink", node => node.Kind != NodeKind.Directory, 21, "Is a directory");

    public void DeleteDirectory(string path) =>
        Remove(path, "rmdir", node => node.Kind == NodeKind.Directory && node.Entries.Count == 0, 39, "Directory not empty");

    public bool FileExists(string path)
    {
        lock (_lock)
        {
            CheckPower();
            return Find(path)?.Kind == NodeKind.File;
        }
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock)
        {
            CheckPower();
            return Find(path)?.Kind == NodeKind.Directory;
        }
    }

    public IReadOnlyList<DirectoryEntry> List(string path)
    {
        lock (_lock)
        {
            CheckPower();
            return Find(path) is { Kind: NodeKind.Directory } directory
                ? [.. directory.Entries.Select(e =>
                    new DirectoryEntry(e.Key, e.Value.Kind == NodeKind.Directory, e.Value.Kind == NodeKind.File))]
                : [];
        }
    }

    /// <summary>Puts a whole, durable file there, as a test's starting point.</summary>
    public void Seed(string path, byte[] bytes)
    {
        var (directory, name) = Parent(path, "open");
        _disk.Put(directory, name, new Node(NodeKind.File) { Bytes = [.. bytes], DurableLength = bytes.Length });
        _disk.SyncDirectory(directory);
    }

    /// <summary>Puts a symbolic link there; it leads nowhere, since nothing may follow it.</summary>
    public void SeedLink(string path)
    {
        var (directory, name) = Parent(path, "symlink");
        _disk.Put(directory, name, new Node(NodeKind.Link));
        _disk.SyncDirectory(directory);
    }

    /// <summary>Every file of a tree, by its full path.</summary>
    public IEnumerable<string> FilesBelow(string directory) => List(directory)
        .SelectMany(e => e.IsDirectory ? FilesBelow($"{directory}/{e.Name}") : [$"{directory}/{e.Name}"]);

    /// <summary>The bytes of a file as a reader sees them now.</summary>
    public byte[] ReadAll(string path) => ((MemoryStream)OpenRead(path)).ToArray();
    public int Opened { get; private set; }

    /// <summary>A digest of all names and bytes, by which sweeps tell states that they have seen.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        lock (_lock)
        {
            _disk.Root.Append(hash, "");
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private void Remove(string path, string call, Func<Node, bool> allowed, int errno, string reason)
    {
        lock (_lock)
        {
            Do(new FileOperation(call, path), () =>
            {
                var (directory, name) = Parent(path, call);
                Require(directory.Entries.TryGetValue(name, out var node), call, path, 2, "No such file or directory");
                Require(allowed(node!), call, path, errno, reason);
                _disk.Put(directory, name, null);
            });
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }

    private void Do(FileOperation operation, Action effect) => Do(operation, () =>
    {
        effect();
        return true;
    });

    private T Do<T>(FileOperation operation, Func<T> effect)
    {
        CheckPower();
        var fault = Record(operation);
        if (fault is null)
            return effect();

        if (fault.Effect == FaultEffect.Full)
            effect();

        throw Error(operation.Call, operation.Path, fault.Errno, "planted by the test");
    }

    private Fault? Record(FileOperation operation)
    {
        BeforeCall?.Invoke();
        _operations.Add(operation);
        Fault? hit = null;
        foreach (var (fault, seen) in _faults)
        {
            if (fault.Matches(operation) && (++seen[0] == fault.Nth || (fault.Lasting && seen[0] > fault.Nth)))
                hit = fault;
        }

        return hit;
    }

    private void CheckPower()
    {
        if (_operations.Count >= _powerOffAfter)
            throw new PowerOffException();
    }

    private Node? Find(string path)
    {
        Node? at = _disk.Root;
        foreach (var part in Parts(path))
        {
            if (at is not { Kind: NodeKind.Directory } || !at.Entries.TryGetValue(part, out at))
                return null;
        }

        return at;
    }

    private Node Directory(string path, string call)
    {
        var node = Find(path) ?? throw Error(call, path, 2, "No such file or directory");
        Require(node.Kind == NodeKind.Directory, call, path, 20, "Not a directory");
        return node;
    }

    private (Node Directory, string Name) Parent(string path, string call)
    {
        var full = Path.GetFullPath(path).TrimEnd('/');
        return (Directory(Path.GetDirectoryName(full)!, call), Path.GetFileName(full));
    }

    private static string[] Parts(string path) => Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static void Require(bool condition, string call, string path, int errno, string reason)
    {
        if (!condition)
            throw Error(call, path, errno, reason);
    }

    private static DurableIOException Error(string call, string path, int errno, string reason) => new(call, path, errno, reason);
}
