namespace Cairn.Storage.Fields.Zarr;

/// <summary>Fields in a Zarr store that xarray and zarr-python open while it is being written and afterwards; a chunk that is not there yet
/// reads as NaN. Safe for several threads, and for several processes that write different members.</summary>
public sealed class ZarrFieldStore : IFieldStore
{
    private readonly IDurableFiles _files;
    private readonly ZarrFormat _format;
    private readonly CommittedLeadTimes _committed;
    private readonly Dictionary<string, FieldVariable> _variables;
    private readonly Lock _syncing = new();
    private readonly Lock _marking = new();
    private HashSet<string> _unsynced = [];
    private volatile DurableIOException? _failure;

    private ZarrFieldStore(IDurableFiles files, string path, FieldLayout layout)
    {
        _files = files;
        Path = path;
        Layout = layout;
        _format = ZarrFormat.Of(layout);
        _committed = new CommittedLeadTimes(files, path, _format, layout.Numbers);
        _variables = layout.Variables.ToDictionary(v => v.Name);
    }

    /// <summary>The store's directory.</summary>
    public string Path { get; }
    public FieldLayout Layout { get; }

    /// <summary>Opens a store, making or growing it if need be; its metadata is durable when this returns.</summary>
    /// <param name="files">The file system; <see cref="NoSyncFiles"/> for a store without durability.</param>
    /// <param name="path">The store's directory, usually named <c>….zarr</c>.</param>
    /// <param name="layout">What the store must hold. More members or more lead times than it has let it grow.</param>
    /// <exception cref="SpecException">The store on disk has another layout, or the directory holds something else; every difference is
    /// named.</exception>
    /// <exception cref="DataException">The store's metadata is damaged.</exception>
    public static ZarrFieldStore Open(IDurableFiles files, string path, FieldLayout layout)
    {
        var full = System.IO.Path.GetFullPath(path);
        var (found, mustBeWritten) = Compare(files, full, layout);
        if (mustBeWritten)
            new ZarrCreation(files, full, found).Write();

        return new ZarrFieldStore(files, full, found);
    }

    /// <summary>Refuses what <see cref="Open"/> would, and touches nothing.</summary>
    /// <inheritdoc cref="Open"/>
    public static void Require(IDurableFiles files, string path, FieldLayout layout) =>
        _ = Compare(files, System.IO.Path.GetFullPath(path), layout);

    /// <summary>Which run the store at a path says that it belongs to (<see cref="FieldLayout.Run"/>); null where there is no store, or it
    /// was written for no run, or by an older version.</summary>
    /// <exception cref="DataException">The store's metadata is damaged.</exception>
    public static string? RunOf(IDurableFiles files, string path) =>
        ZarrFormat.At(path, files.FileExists) is { } format ? ZarrLayoutCheck.RunOf(format.Read(files, path)) : null;

    /// <summary>Opens a store that is there for reading, with the layout that it has.</summary>
    /// <exception cref="DataException">There is no store, or its metadata is damaged or not Cairn's.</exception>
    public static ZarrFieldStore OpenExisting(IDurableFiles files, string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (ZarrFormat.At(full, files.FileExists) is null)
            throw new DataException($"{full} holds no field store. Expected the output.path of a run that was started.");

        var layout = new ZarrLayoutReader(files, full).Read();
        layout.Validate();
        return new ZarrFieldStore(files, full, new ZarrLayoutCheck(files, full, layout).Compare().Layout);
    }

    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<float> data) =>
        Write(member, firstOutputIndex, variable, data, static value => value);

    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<double> data) =>
        Write(member, firstOutputIndex, variable, data, static value => value);

    public double[]? ReadChunk(int member, int firstOutputIndex, string variable)
    {
        var path = FilePath(member, firstOutputIndex, Layout.LeadTimesPerChunk, variable);
        var place = firstOutputIndex % Layout.LeadTimesPerShard / Layout.LeadTimesPerChunk;
        try
        {
            using var stream = _files.OpenRead(path);
            return ZarrChunk.Decode(Layout, stream, place, path);
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            return null;
        }
    }

    public bool HasChunk(int member, int firstOutputIndex, string variable) =>
        _files.FileExists(FilePath(member, firstOutputIndex, Layout.LeadTimesPerChunk, variable));

    /// <inheritdoc/>
    /// <remarks>A file is never changed in place, so that neither store minds the other. The stores lie on one file system.</remarks>
    public void TakeOver(IFieldStore source, int member, int firstOutputIndex, string variable)
    {
        var theirs = source as ZarrFieldStore ?? throw new ArgumentException("The store is of another kind.", nameof(source));
        var path = FilePath(member, firstOutputIndex, Layout.LeadTimesPerShard, variable);
        _files.Link(theirs.FilePath(member, firstOutputIndex, Layout.LeadTimesPerShard, variable), path);
        lock (_marking)
        {
            _unsynced.Add(System.IO.Path.GetDirectoryName(path)!);
        }
    }

    public void Sync()
    {
        // One at a time: a caller that finds nothing left to do must still wait for the fsync that covers its chunks.
        lock (_syncing)
        {
            RequireUsable();
            HashSet<string> directories;
            lock (_marking)
            {
                directories = _unsynced;
                _unsynced = new HashSet<string>();
            }

            SyncDirectories([.. directories.Order(StringComparer.Ordinal)]);
        }
    }

    public void SetCommitted(IReadOnlyCollection<int> members, TimeSpan leadTime)
    {
        RequireUsable();
        foreach (var member in members)
            Layout.RequireMember(member, Path);

        _committed.Set(members, leadTime);
    }

    /// <inheritdoc/>
    /// <remarks>In an ensemble of many members the store's attribute may lag by a hundredth of them.</remarks>
    public void SettleCommitted()
    {
        RequireUsable();
        _committed.Settle();
    }

    /// <inheritdoc/>
    /// <remarks>Unlike <see cref="Open"/> it does not read metadata whose size grows with the ensemble; missing metadata is written
    /// again.</remarks>
    public IFieldStore Reopen() => _files.FileExists(System.IO.Path.Combine(Path, _format.StoreName))
        ? new ZarrFieldStore(_files, Path, Layout)
        : Open(_files, Path, Layout);

    public TimeSpan? Committed(int member)
    {
        Layout.RequireMember(member, Path);
        return _committed.Get(member);
    }

    public void BeginAnew(int member, int draw)
    {
        RequireUsable();
        Layout.RequireMember(member, Path);
        _committed.BeginAnew(member, draw);
    }

    public void SweepLeftovers()
    {
        var folders = _files.List(Path).Where(entry => entry.IsDirectory).Select(entry => System.IO.Path.Combine(Path, entry.Name));
        foreach (var folder in folders.Prepend(Path).ToList())
        {
            var leftovers = _files.List(folder)
                .Where(entry => entry.IsFile && entry.Name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal));
            foreach (var entry in leftovers)
                _files.DeleteFile(System.IO.Path.Combine(folder, entry.Name));
        }
    }

    private static (FieldLayout Layout, bool MustBeWritten) Compare(IDurableFiles files, string full, FieldLayout layout)
    {
        layout.Validate();
        ZarrFormat.Of(layout).Require(layout);
        if (ZarrFormat.At(full, files.FileExists) is not null)
            return new ZarrLayoutCheck(files, full, layout).Compare();

        layout.RequireAxes();
        new ZarrCreation(files, full, layout).RequireOwn();
        return (layout, true);
    }

    private void SyncDirectories(IReadOnlyList<string> directories)
    {
        try
        {
            _files.SyncAll([], directories);
        }
        catch (DurableIOException e)
        {
            _failure = e;
            throw;
        }
    }

    /// <summary>A second fsync after a failed one may report names as durable that the kernel has given up on.</summary>
    private void RequireUsable()
    {
        if (_failure is { } failure)
            throw new DurableIOException(
                failure.Call,
                failure.Path,
                failure.Errno,
                "an earlier call failed, so the chunks written since the last session may be incomplete; open the store again and "
                + "rewrite them, as a restart from that session does");
    }

    private void Write<T>(int member, int firstOutputIndex, string variable, ReadOnlySpan<T> data, Func<T, double> widen)
        where T : unmanaged
    {
        var path = FilePath(member, firstOutputIndex, Layout.LeadTimesPerShard, variable);
        Layout.RequireValues(variable, data.Length);
        RequireUsable();
        AtomicFile.Replace(_files, path, ZarrChunk.Encode(Layout, _variables[variable].KeepBits, data, widen));
        lock (_marking)
        {
            _unsynced.Add(System.IO.Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>The file with a lead time's fields, which is to be a multiple of <paramref name="unit"/>.</summary>
    private string FilePath(int member, int firstOutputIndex, int unit, string variable)
    {
        Layout.RequirePlace(member, firstOutputIndex, unit, variable, Path);
        return System.IO.Path.Combine(
            Path, variable,
            _format.ChunkName([
                Layout.Numbers.MemberOf(member), Layout.Numbers.TimeOf(member), firstOutputIndex / Layout.LeadTimesPerShard,
                .. Layout.GridShape.Select(_ => 0L),
            ]));
    }
}
