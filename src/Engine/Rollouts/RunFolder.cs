using Cairn.Storage.Derived;

namespace Cairn.Engine.Rollouts;

/// <summary>A run's folder (<c>checkpoint.path</c>) while this process holds it: its lock, its record, and the way to move old data
/// aside.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly IDurableFiles _files;
    private readonly string _path;
    private readonly RunLock _lock;
    private bool _taken;

    private RunFolder(IDurableFiles files, string path, RunLock held)
    {
        _files = files;
        _path = path;
        _lock = held;
    }

    /// <summary>The record of the run as it was begun, or null for a new run.</summary>
    public RunRecord? Begun => _files.FileExists(RecordPath) ? RunRecord.Read(RecordPath) : null;

    private string RecordPath => Path.Combine(_path, RunRecord.FileName);

    /// <summary>Takes the run, moving what an earlier one left aside when <see cref="RunOptions.Fresh"/> asks for it.</summary>
    public static RunFolder Take(RunSpec spec, RunOptions options, Action<string, string> moved)
    {
        var files = options.Files;
        var path = spec.Checkpoint.Path;
        var held = Lock(files, path, options.Time);
        bool taken;
        try
        {
            RequireOwn(spec, options);
            taken = new RunOwner(files, path).Take(options.Owner);
        }
        catch
        {
            held.Dispose();
            throw;
        }
        if (!options.Fresh)
            return new RunFolder(files, path, held) { _taken = taken };
        // The old folder's lock is held until it has its new name, so that no process can run the run while it moves.
        using (held)
        {
            RequireRunData(files, spec);
            MoveAside(files, path, moved);
            if (spec.Output.Path is { } store)
                MoveAside(files, store, moved);
            foreach (var derived in spec.Output.DerivedFiles())
            {
                foreach (var file in FieldsPart.Existing(files, derived.Value))
                    MoveFileAside(files, file, moved);
            }
        }
        return new RunFolder(files, path, Lock(files, path, options.Time));
    }

    /// <summary>Writes the record, replacing an older one at once and durably.</summary>
    public void Record(RunRecord record) => RecordJson.Replace(_files, RecordPath, record.ToBytes());

    /// <summary>The run has ended: its folder has no owner.</summary>
    public void Release() => new RunOwner(_files, _path).Release();

    /// <summary>The run cannot go on: its folder is not the owner's if it was not before.</summary>
    public void ReleaseIfTaken()
    {
        if (_taken)
            Release();
    }

    public void Dispose() => _lock.Dispose();

    private static RunLock Lock(IDurableFiles files, string path, TimeProvider time)
    {
        DurableTree.SyncCreated(files, DurableTree.CreateDirectories(files, path));
        return RunLock.Acquire(Path.Combine(path, RunRecord.LockFileName), time);
    }

    /// <summary>What a run writes over, or moves aside, is its own and not that of a run which it was copied from.</summary>
    private static void RequireOwn(RunSpec spec, RunOptions options)
    {
        var path = Path.Combine(spec.Checkpoint.Path, RunRecord.FileName);
        if (!options.Files.FileExists(path))
            return;
        RunRecord begun;
        try
        {
            begun = RunRecord.Read(path);
        }
        catch (DataException) when (options.Fresh)
        {
            // It goes aside as it is.
            return;
        }
        RunOutputs.RequireOwn(begun, spec.Checkpoint.Path, RunOutputs.Of(spec));
        if (options.Fresh && spec.Output.Path is { } store && FieldStoreKinds.RunOf(options.Files, store) is { } mark && mark != begun.Id)
            throw new SpecException($"{store} belongs to another run than {spec.Checkpoint.Path}: it has run = {mark}, expected "
                + $"{begun.Id}. --fresh moves only a run's own data aside; set another output.path, or move that store yourself.");
    }

    /// <summary>Unrelated files are not moved aside because a spec's path points at them by mistake.</summary>
    public static void RequireRunData(IDurableFiles files, RunSpec spec)
    {
        Require(spec.Checkpoint.Path, [RunRecord.FileName], "checkpoint.path", "run's folder");
        if (spec.Output.Path is { } store)
            Require(store, FieldStoreKinds.BeginningsOf(spec.Output), "output.path", "field store");

        void Require(string path, IReadOnlyList<string> marks, string key, string what)
        {
            var names = files.List(path).Select(entry => entry.Name)
                .Where(name => name is not RunRecord.LockFileName and not RunOwner.FileName)
                .Where(name => !name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal)).ToList();
            if (names.Count > 0 && !names.Exists(marks.Contains))
                throw new SpecException($"{path} is not a {what}: it contains {string.Join(", ", names.Take(5))}, but no {marks[0]}. "
                    + $"--fresh moves only a run's data aside; set another {key}, or move that folder yourself.");
        }
    }

    private static void MoveFileAside(IDurableFiles files, string path, Action<string, string> moved)
    {
        if (files.FileExists(path))
            Move(files, path, moved);
    }

    private static void MoveAside(IDurableFiles files, string named, Action<string, string> moved)
    {
        // A link stays, and leads to the new data's place on the disk that it was made for.
        var path = RealPath.OfFolder(named);
        // A folder that holds no more than the lock has nothing worth keeping.
        if (files.List(path).Any(entry => entry.Name != RunRecord.LockFileName))
            Move(files, path, moved);
    }

    private static void Move(IDurableFiles files, string path, Action<string, string> moved)
    {
        var number = 1;
        while (files.FileExists($"{path}.aside-{number}") || files.DirectoryExists($"{path}.aside-{number}"))
            number++;
        var aside = $"{path}.aside-{number}";
        files.Rename(path, aside);
        files.SyncDirectory(Path.GetDirectoryName(path)!);
        moved(path, aside);
    }
}

/// <summary>Records which run owns a folder while no single process holds its lock: the nodes of a cluster come and go, and a <c>cairn
/// run</c> of the same spec must not step into what they are at. Kept in <c>run.owner</c> from the run's opening to its closing.</summary>
/// <param name="files">The file system.</param>
/// <param name="folder">The run's folder.</param>
internal sealed class RunOwner(IDurableFiles files, string folder)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "run.owner";

    private const int MostBytes = 4096;
    private readonly string _path = Path.Combine(folder, FileName);

    /// <summary>Takes the folder for an owner, or for none. Call while holding the run's lock.</summary>
    /// <returns>Whether it had no owner before.</returns>
    public bool Take(string? owner)
    {
        var found = Read();
        if (found is not null && (owner is null || Run(found) != Run(owner)))
            throw new SpecException($"{folder} belongs to {found}. Wait for that run to end, or cancel it (cairn cancel). If it has "
                + $"ended, or its cluster no longer exists, delete {_path}.");
        if (found is not null || owner is null)
            return false;
        RecordJson.Replace(files, _path, Encoding.UTF8.GetBytes(owner + "\n"));
        return true;
    }

    /// <summary>The run alone: nodes may know one cluster under different names.</summary>
    private static string Run(string owner) => owner.Split(" of ")[0];

    /// <summary>The folder is free again.</summary>
    public void Release()
    {
        if (files.FileExists(_path))
        {
            files.DeleteFile(_path);
            files.SyncDirectory(folder);
        }
    }

    private string? Read()
    {
        if (!files.FileExists(_path))
            return null;
        using var file = files.OpenRead(_path);
        var bytes = new byte[Math.Min(file.Length, MostBytes)];
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes).TrimEnd();
    }
}
