using Cairn.Storage.Sessions;
using Cairn.Storage.Words;

namespace Cairn.Storage.Catalog;

/// <summary>The catalog of restart rows of one named run, on disk. <see cref="Open()"/> restores the newest valid row or begins a new
/// session; <see cref="Select(int)"/> chooses an older one, which <see cref="CheckpointSession.Enter"/> opens.</summary>
/// <remarks>One writer at a time: the runtime sees to that by epochs (<see cref="BeginEpoch"/>); without them a lock does, and a second
/// writer is refused. Reads every catalog that Earth2Studio wrote, and writes what it reads.</remarks>
public sealed class Checkpoint
{
    private readonly HashSet<string> _verified = [];
    private readonly IDurableFiles _files;
    private readonly EpochStore _epochs;
    private readonly CatalogFolder _folder;
    private readonly CommitProtocol _protocol;
    private readonly SessionUpkeep _upkeep;
    private readonly RestoreSearch _search;
    private readonly CatalogWriter _writer;
    private readonly CheckpointOptions _options;
    private CheckpointSession? _open;
    private long? _lastSequence;

    /// <summary>Describes the catalog; nothing is read or created yet. Makes this the current checkpoint of
    /// <see cref="CheckpointScope"/>.</summary>
    /// <param name="name">The checkpoint's name; also its place, unless the options give a path.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="SpecException">A setting is out of range.</exception>
    public Checkpoint(string name, CheckpointOptions? options = null)
        : this(name, (options ?? new CheckpointOptions()).Validated(), true) =>
        CheckpointScope.SetCurrent(this);

    private Checkpoint(string name, CheckpointOptions options, bool enabled)
    {
        (Name, Options, Enabled) = (name, options, enabled);
        _options = Options with { Warn = Warn };
        _files = Options.Durability == CheckpointDurability.Full ? Options.Files : new NoSyncFiles(Options.Files);
        (Rank, WorldSize) = RankDetection.Of(Options);
        Path = Options.Path ?? CheckpointPaths.Resolve(name, Environment.GetEnvironmentVariable, _files, Warn);
        var root = enabled ? System.IO.Path.GetFullPath(Path) : "";
        _epochs = new EpochStore(_files, root, Options.NewId);
        _folder = new CatalogFolder(root, WorldSize == 1 ? null : Rank, _files, _epochs, Warn);
        _writer = new CatalogWriter(_files, _folder, Options.Time);
        _protocol = new CommitProtocol(_folder, _epochs, _files, Options.Time);
        _upkeep = new SessionUpkeep(_folder.Commits, _epochs, _files, _options, _verified, writesAlone: true);
        _search = new RestoreSearch(_folder, _files, _options, _verified);
    }

    /// <summary>Raised with each warning, after <see cref="CheckpointOptions.Warn"/>.</summary>
    public event Action<CheckpointWarning>? Warned;

    /// <summary>A checkpoint that keeps nothing, so that a workflow is written once, for use with and without checkpoints: there are no
    /// rows, its sessions take every call and do nothing, and what is bound to them is merely wrapped.</summary>
    public static Checkpoint None =>
        new("none", new CheckpointOptions { Level = 0, FlushInterval = null, Rank = 0, WorldSize = 1, Path = "" }, enabled: false);

    /// <summary>Whether this checkpoint stores anything: false for <see cref="None"/> only.</summary>
    public bool Enabled { get; }
    public string Name { get; }
    public CheckpointOptions Options { get; }

    /// <summary>The root, as given.</summary>
    public string Path { get; }

    /// <summary>The full path of this rank's catalog: the root itself with one rank.</summary>
    public string RankPath => _folder.Root;

    public int Rank { get; }
    public int WorldSize { get; }

    /// <summary>The epoch that this object writes under; 0 until <see cref="BeginEpoch"/>.</summary>
    public int Epoch { get; private set; }

    /// <summary>The valid rows of this rank's folder, oldest first, read again at each call. Only <see cref="SessionCatalog.Read()"/> lists
    /// sessions that another number of ranks wrote.</summary>
    public IReadOnlyList<CheckpointRow> Rows => !Enabled ? [] : _folder.ReadRows(fallback: false);

    /// <summary>Every session that a restart may start from, oldest first, read again at each call: the rows, and in overwrite mode the
    /// older one that is kept beside them.</summary>
    public IReadOnlyList<CheckpointRow> Sessions => !Enabled ? [] : _folder.ReadRows(fallback: true);

    /// <summary>Restores the newest valid row, or starts a new session if there is none, and makes it the active session. While a session
    /// of this checkpoint is open, of any row, returns that one again. One rank that continues where a gang stopped restores the newest
    /// valid session, written by any number of ranks.</summary>
    /// <remarks>Damaged rows are skipped, each with a warning that names the file and the defect.</remarks>
    public CheckpointSession Open()
    {
        if (!Enabled)
            return new CheckpointSession(this, null, []).Enter();

        if (OpenSession is { } open)
            return open.Enter();

        BeginWriting();
        var skipped = new List<CheckpointWarning>();
        var source = FollowsGang
            ? Whole().NewestValid(skipped) is { } newest ? new SessionReader(_files, newest, Rank, WorldSize) : null
            : _search.NewestValid([.. _search.Read(skipped).Sessions], skipped)?.Source(_files);
        if (source is null && skipped.Count > 0)
            Warn(new CheckpointWarning(RankPath, $"No session of {RankPath} is valid.", "The work starts over."));

        return new CheckpointSession(this, source, skipped).Enter();
    }

    /// <summary>As <see cref="Select(int)"/>, and opens what is selected, unless another session of this checkpoint is open.</summary>
    public CheckpointSession Open(int index) => Select(index).Enter();

    /// <summary>Selects the row at <paramref name="index"/> (negative from the end), or if it is damaged the next older valid one. Nothing
    /// else changes: <see cref="CheckpointSession.Enter"/> opens what is returned, and until then no component binds to it by
    /// itself.</summary>
    /// <exception cref="SpecException">There is no such row; the message tells how many there are.</exception>
    /// <exception cref="DataException">Neither the row nor any older one is valid.</exception>
    public CheckpointSession Select(int index)
    {
        RequireEnabled();
        BeginWriting();
        var skipped = new List<CheckpointWarning>();
        var contents = _search.Read(skipped);
        var rows = contents.Rows.ToList();
        var at = index < 0 ? rows.Count + index : index;
        if (at < 0 || at >= rows.Count)
            throw new SpecException($"The catalog {RankPath} has {Count.Of(rows.Count, "row")}; there is no row {index}.");

        var upTo = contents.Sessions.TakeWhile(m => !ReferenceEquals(m, rows[at])).Append(rows[at]).ToList();
        var found = _search.NewestValid(upTo, skipped)
            ?? throw new DataException(
                $"Row {index} of {RankPath} and everything older is damaged: {string.Join(' ', skipped.Select(s => s.Defect))}");
        return new CheckpointSession(this, found.Source(_files), skipped);
    }

    /// <summary>Begins an epoch: durably claims its number and names the session that it starts from, so that whatever an older process
    /// still writes is never selected. Call it before <see cref="Open"/>, which then restores that session.</summary>
    /// <param name="epoch">The number that the registry granted; null for the highest on disk plus one.</param>
    /// <param name="from">The session to start from; null for the newest valid one.</param>
    /// <exception cref="FencedException">That epoch or a newer one has begun.</exception>
    public EpochRecord BeginEpoch(int? epoch = null, CheckpointRow? from = null)
    {
        RequireEnabled();
        if (WorldSize > 1)
            throw new SpecException("The epochs of a gang are started by its coordinator, not by a rank's checkpoint.");

        var record = FollowsGang ? Whole().BeginEpoch(epoch, from is null ? null : Whole().Find(from.CommitId)) : BeginAlone(epoch, from);
        Epoch = record.Epoch;
        _lastSequence = null;
        return record;
    }

    private EpochRecord BeginAlone(int? epoch, CheckpointRow? from)
    {
        FoundEntries.MakeDurable(_files, RankPath);
        return new EpochClaim(_epochs, Path, Options.Time, number => NodeOf(from) ?? _search.BaseBelow(number)).Begin(epoch);
    }

    /// <summary>Joins an epoch that another process has begun for this catalog, such as a gang's coordinator for its ranks.</summary>
    /// <exception cref="FencedException">A newer one has begun.</exception>
    public void JoinEpoch(int epoch)
    {
        RequireEnabled();
        _epochs.RequireNewest(epoch);
        Epoch = epoch;
        _lastSequence = null;
    }

    /// <summary>Selects exactly this session of <see cref="Sessions"/>, as <see cref="Select(int)"/> does.</summary>
    /// <exception cref="DataException">It is damaged, or no longer there.</exception>
    public CheckpointSession Select(CheckpointRow row)
    {
        RequireEnabled();
        BeginWriting();
        var manifest = _folder.Read(reuse: false).Sessions
            .FirstOrDefault(m => m.Row.CommitId == row.CommitId)
            ?? throw new DataException($"{RankPath} no longer holds the session {row.CommitId}.");
        return new CheckpointSession(this, RestorableCommit.Verify(_files, manifest, Options).Source(_files), []);
    }

    /// <summary>Restores this rank's part of a session, which any number of ranks may have written, or starts over if it is null. State of
    /// type <see cref="Shard{T}"/> is read from the ranks that hold it; each bound shard says which part it wants.</summary>
    /// <remarks>The session was verified when it was chosen (<see cref="SessionCatalog.NewestValid"/>). Here, files that are read whole are
    /// compared with their digests again; for files that are read in part, dtype, shape and length are checked.</remarks>
    public CheckpointSession Open(Session? session)
    {
        if (session?.Defect is { } defect)
            throw new DataException(defect);

        BeginWriting();
        var source = session is null || !Enabled ? null : new SessionReader(_files, session, Rank, WorldSize);
        return new CheckpointSession(this, source, []).Enter();
    }

    /// <summary>Opens a row of this catalog for reading without binding.</summary>
    public CommitReader Reader(CheckpointRow row) => CommitReader.Open(row, _files);

    /// <summary>The catalog as the original prints it: a header and a table of rows.</summary>
    public override string ToString()
    {
        if (!Enabled)
            return "No checkpoint";

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        WriteListing(text, Rows);
        return text.ToString();
    }

    /// <summary>Writes <see cref="ToString"/>'s table of rows that were read already; one that is wider than a width in short.</summary>
    public void WriteListing(TextWriter output, IReadOnlyList<CheckpointRow> rows, int? width = null) =>
        CheckpointText.Write(this, rows, output, width);

    /// <summary>The rows of any catalog that count; of a catalog with rank folders, those of all ranks in turn.</summary>
    /// <exception cref="DataException">There is no catalog at <paramref name="path"/>.</exception>
    public static IReadOnlyList<CheckpointRow> ReadRows(string path, IDurableFiles? files = null) =>
        [.. CatalogInspection.Folders(path, files ?? new PosixFiles()).SelectMany(f => f.ReadRows(fallback: false))];

    /// <summary>The sessions of any catalog, of one rank or several, with what is torn or damaged.</summary>
    /// <exception cref="DataException">There is no catalog at <paramref name="path"/>.</exception>
    public static SessionListing ReadSessions(string path, IDurableFiles? files = null) => SessionCatalog.Read(path, files);

    /// <summary>Reads every byte of every commit of a catalog and says of each whether it is intact.</summary>
    /// <exception cref="DataException">There is no catalog at <paramref name="path"/>.</exception>
    public static IReadOnlyList<CheckpointFinding> Verify(string path, IDurableFiles? files = null) =>
        CatalogInspection.Verify(path, files ?? new PosixFiles());

    /// <summary>Prunes a catalog: staging of dead processes, sessions of superseded epochs, and sessions older than the
    /// <paramref name="keep"/> newest valid sessions. The newest valid session and the base of the current epoch always stay.</summary>
    /// <param name="path">One catalog; for several ranks the folder that contains theirs, since all ranks' commits go together.</param>
    /// <param name="keep">How many valid sessions to keep, from 1; null for all.</param>
    /// <param name="dryRun">Only reports what would be removed.</param>
    /// <param name="files">The file system; null for the real one.</param>
    /// <returns>What was removed, or would be.</returns>
    /// <remarks>No process may be writing to the catalog (an open library session is detected): hold the run's lock.</remarks>
    /// <exception cref="SpecException">The catalog is one rank's of several, or <paramref name="keep"/> is below 1.</exception>
    /// <exception cref="DataException">There is no catalog at <paramref name="path"/>.</exception>
    /// <exception cref="TransientException">The disk failed; the catalog is intact, and the call may be repeated.</exception>
    public static IReadOnlyList<PrunedItem> Prune(string path, int? keep, bool dryRun, IDurableFiles? files = null) =>
        SessionPruning.Run(path, keep, dryRun, files ?? new PosixFiles());

    /// <summary>Copies valid sessions into a new catalog as Earth2Studio itself would have written it: no epochs, no fallback, no keys of
    /// Cairn in the manifests. Every byte is checked while it is copied, and the catalog appears completely or not at all.</summary>
    /// <param name="path">One catalog, or one rank's.</param>
    /// <param name="destination">The new catalog's folder: it does not exist yet, or is empty.</param>
    /// <param name="row">Only this one of its rows, negative from the end; null for all.</param>
    /// <param name="files">The file system; null for the real one.</param>
    /// <returns>The exported rows, oldest first.</returns>
    /// <exception cref="SpecException">There is no such row, or <paramref name="destination"/> is not empty.</exception>
    /// <exception cref="DataException">A session is damaged, or there is none; nothing was written.</exception>
    public static IReadOnlyList<CheckpointRow> Export(string path, string destination, int? row = null, IDurableFiles? files = null) =>
        CatalogExport.Run(path, destination, row, files ?? new PosixFiles());

    internal DeferredStates Deferred { get; } = new();

    /// <summary>The session of this checkpoint that was entered and not yet left; there is one at most.</summary>
    internal CheckpointSession? OpenSession => Volatile.Read(ref _open) is { IsOpen: true } open ? open : null;

    /// <summary>Makes a session the open one.</summary>
    /// <exception cref="SpecException">Another one is open.</exception>
    internal void SetOpen(CheckpointSession session)
    {
        var open = Interlocked.CompareExchange(ref _open, session, null);
        if (open is { IsOpen: false } && Interlocked.CompareExchange(ref _open, session, open) == open)
            return;

        if (open is not null && open != session)
            throw new SpecException(
                $"{open} of the checkpoint {Name} is open, and {session} cannot be opened at the same time: dispose the first one before.");
    }

    /// <summary>Reports something that was worked around.</summary>
    internal void Warn(CheckpointWarning warning)
    {
        Options.Warn(warning);
        Warned?.Invoke(warning);
    }

    /// <summary>A session has ended: it no longer holds the catalog.</summary>
    internal void End(CheckpointSession session) => _writer.End(session);

    /// <summary>Whether a coordinator makes sessions of this rank's commits; then it also clears up.</summary>
    internal bool IsInGang => WorldSize > 1 && Epoch > 0;

    /// <summary>Whether this one rank goes on with a catalog that a coordinated gang wrote: its rows are not all there is.</summary>
    private bool FollowsGang => WorldSize == 1 && _epochs.Highest() > 0 && SessionFolder.HasRanks(_files, RankPath);

    internal SessionReader SourceOf(Manifest manifest) => SessionReader.Of(_files, manifest);

    /// <summary>The number of the next session: above all that were ever seen, so that a failed attempt's number is not used
    /// again.</summary>
    internal long NextSequence()
    {
        // With one rank now, sessions of several may have been written before.
        _lastSequence ??= Math.Max(
            _folder.HighestSequence(), WorldSize == 1 ? SessionFolder.HighestSequence(_files, RankPath) : 0);
        _lastSequence++;
        return _lastSequence.Value;
    }

    internal Manifest Commit(CheckpointSession session, CommitRequest request)
    {
        _search.Forget();
        if (Epoch == 0)
            _writer.Require(session, request.CommitId);

        var commit = StorageMeter.Committed(() => _protocol.Commit(request), static made => made.Bytes);
        _folder.Commits.Remember(commit);
        _verified.Add(request.CommitId);
        if (!IsInGang)
            _upkeep.Run(Epoch);

        return commit.Manifest;
    }

    /// <summary>Under an epoch, other writers are fenced by it.</summary>
    private void BeginWriting()
    {
        if (Epoch == 0)
            _writer.Begin();
    }

    private SessionCatalog Whole() => new(_options with { Path = RankPath });

    private void RequireEnabled()
    {
        if (!Enabled)
            throw new SpecException("Checkpoint.None has no catalog: it stores nothing, so there is nothing to select or to start.");
    }

    private static SessionNode? NodeOf(CheckpointRow? row) =>
        row is null ? null : new SessionNode(row.CommitId, row.Epoch, row.Sequence, row.Parent, default);
}
