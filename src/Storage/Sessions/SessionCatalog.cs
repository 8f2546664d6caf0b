using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>The catalog of a batch as its gang's coordinator holds it: begins epochs, makes sessions of what the ranks have staged, finds
/// the one to restart from, and clears up. Ranks write through a <see cref="Checkpoint"/> of their own.</summary>
/// <remarks>Not for use by two threads at once.</remarks>
public sealed class SessionCatalog
{
    private const string SkippedForOlder = "The session is skipped, and an older one is used.";
    private readonly HashSet<string> _verified = [];
    private readonly CheckpointOptions _options;
    private readonly IDurableFiles _files;
    private readonly EpochStore _epochs;
    private readonly SessionFolder _folder;
    private readonly SessionCommit _commit;
    private readonly SessionUpkeep _upkeep;
    private long? _lastSequence;
    private string? _parent;
    private DateTimeOffset _parentSavedAt;

    /// <summary>Describes the catalog; nothing is read or created yet.</summary>
    /// <param name="options">Settings as the ranks have them; the path must be given, rank and world size are not used.</param>
    /// <exception cref="SpecException">A setting is out of range, or there is no path.</exception>
    public SessionCatalog(CheckpointOptions options)
    {
        _options = options.Validated();
        Path = System.IO.Path.GetFullPath(options.Path ?? throw new SpecException("A catalog of sessions needs a path in its options."));
        _files = options.Durability == CheckpointDurability.Full ? options.Files : new NoSyncFiles(options.Files);
        _epochs = new EpochStore(_files, Path, options.NewId);
        _folder = new SessionFolder(Path, _files, _epochs, options.Warn);
        _commit = new SessionCommit(_files, Path, _epochs, options.NewId);
        _upkeep = new SessionUpkeep(_folder, _epochs, _files, options, _verified);
    }

    /// <summary>The full path of the catalog's root.</summary>
    public string Path { get; }

    /// <summary>The epoch that sessions are written under; 0 until it is begun or joined.</summary>
    public int Epoch { get; private set; }

    /// <summary>The highest epoch that has started, read again; 0 before the first.</summary>
    public int HighestEpoch => _epochs.Highest();

    /// <summary>The sessions of any catalog, of one rank or several, with what is torn or damaged. Writes nothing.</summary>
    /// <exception cref="DataException">There is no catalog at <paramref name="path"/>.</exception>
    public static SessionListing Read(string path, IDurableFiles? files = null)
    {
        files ??= new PosixFiles();
        _ = CatalogInspection.Folders(path, files);
        return new SessionCatalog(new CheckpointOptions { Path = path, Files = files, Warn = static _ => { } }).Read();
    }

    /// <summary>The sessions, read again.</summary>
    public SessionListing Read()
    {
        var contents = _folder.Read(reuse: false);
        return new SessionListing([.. contents.Line.Where(s => s.Defect is null)], contents.Torn, [.. Damaged(contents)]);
    }

    /// <summary>The last session that one rank wrote under an epoch, by its manifest alone: enough to describe a batch that has ended. Null
    /// where that takes <see cref="Read()"/>.</summary>
    /// <param name="epoch">The highest that has begun, <see cref="HighestEpoch"/>: its sessions count whatever others there are.</param>
    public Session? Latest(int epoch) => epoch > 0 ? _folder.Latest(epoch) : null;

    /// <summary>Begins an epoch: durably claims its number and names the session that it starts from, so that whatever an older gang still
    /// writes is never selected.</summary>
    /// <param name="epoch">The number that the registry granted; null for the highest on disk plus one.</param>
    /// <param name="from">The session to start from; null for the newest valid one.</param>
    /// <returns>The record; its base is the id of the session to restore, or null to start from the initial condition.</returns>
    /// <exception cref="FencedException">That epoch or a newer one has begun.</exception>
    public EpochRecord BeginEpoch(int? epoch = null, Session? from = null) =>
        BeginEpoch(from is null ? EpochBase.Newest : EpochBase.Of(from), epoch);

    /// <inheritdoc cref="BeginEpoch(int?, Session?)"/>
    public EpochRecord BeginEpoch(EpochBase from, int? epoch = null)
    {
        foreach (var rank in _folder.Ranks())
            FoundEntries.MakeDurable(_files, System.IO.Path.Combine(Path, RankManifest.Folder(rank)));

        FoundEntries.MakeDurable(_files, Path);
        // What was read through while claiming is not read through again a moment later.
        var whole = new HashSet<string>();
        var record = new EpochClaim(
            _epochs, Path, _options.Time, number => (from.IsNewest ? NewestBelow(number, whole) : from.Session)?.Node).Begin(epoch);
        Continue(record);
        return record;
    }

    /// <summary>Joins an epoch that was begun through another object.</summary>
    /// <exception cref="FencedException">A newer one has begun.</exception>
    /// <exception cref="DataException">The epoch has no readable record.</exception>
    public void JoinEpoch(int epoch)
    {
        _epochs.RequireNewest(epoch);
        Continue(_epochs.Read(_options.Warn).FirstOrDefault(e => e.Epoch == epoch && e.Readable)
            ?? throw new DataException($"Epoch {epoch} of {Path} has no readable record: start it first."));
    }

    /// <summary>The session of that id, among those that count.</summary>
    /// <exception cref="DataException">It is not there, does not count, or does not hold.</exception>
    public Session Find(string id)
    {
        var session = _folder.Read(reuse: false).Line.FirstOrDefault(s => s.Id == id)
            ?? throw new DataException($"{Path} has no valid session {id}.");
        return session.Defect is null ? session : throw new DataException(session.Defect);
    }

    /// <summary>Reads every byte of a session. Returns what does not hold, naming the file; null when all does.</summary>
    public string? Defect(Session session) => SessionVerification.Defect(_files, session);

    /// <summary>Whether every file of a session is there, as long as its manifest says. What they hold is <see cref="Defect"/>'s.</summary>
    public bool HasFiles(Session session) => SessionVerification.HasFiles(_files, session);

    /// <summary>The newest intact session, or null. Skipped ones are reported to <c>Warn</c>, and added to
    /// <paramref name="skipped"/>.</summary>
    public Session? NewestValid(ICollection<CheckpointWarning>? skipped = null)
    {
        var contents = _folder.Read(reuse: false);
        foreach (var damaged in Damaged(contents).Where(d => !contents.All.Any(s => s.File == d.Path)))
            Skip(damaged, skipped);

        return NewestValid(contents.Line, skipped);
    }

    /// <summary>Makes a session of what the ranks have staged. It is durable and counts when this returns; then the ranks' indexes are
    /// rebuilt, and what is superseded or left over is cleared away.</summary>
    /// <param name="worldSize">How many ranks the gang has.</param>
    /// <param name="ranks">What they have staged, as <see cref="RankManifest.Read"/> found it.</param>
    /// <exception cref="DataException">The commits make no session; see <see cref="SessionProposal.Defects"/>.</exception>
    /// <exception cref="FencedException">A newer epoch has begun: this session will never be selected.</exception>
    /// <exception cref="TransientException">The disk refused; whether there is a session only reading can tell.</exception>
    public Session Commit(int worldSize, IReadOnlyList<RankManifest> ranks)
    {
        if (Epoch == 0)
            throw new SpecException($"No epoch of {Path} has started: a coordinator starts one before its gang's first step.");

        _lastSequence ??= Math.Max(
            _folder.HighestSequence(), _folder.Read(reuse: true).All.Select(s => s.Sequence ?? 0).DefaultIfEmpty(0).Max());
        _lastSequence++;
        var now = _options.Time.GetUtcNow();
        var savedAt = now > _parentSavedAt ? now : _parentSavedAt.AddMicroseconds(1);
        var manifest = SessionManifest.Of(new SessionProposal(worldSize, Epoch, ranks), _lastSequence.Value, _parent, savedAt);
        _commit.Write(manifest);
        (_parent, _parentSavedAt) = (manifest.Name, savedAt);
        _verified.Add(manifest.Name);
        _upkeep.Run(Epoch);
        return Committed(manifest, ranks);
    }

    /// <summary>Deletes commits of ranks for a session that will not be made, such as after an aborted barrier. No session names them, so
    /// they are invisible; what a failure leaves of them is removed with a later session.</summary>
    /// <param name="commits">The commits; missing ones are ignored.</param>
    /// <exception cref="DataException">A session names one of them, or might: nothing was deleted.</exception>
    /// <exception cref="FencedException">A newer epoch has started, to which the catalog belongs: nothing was deleted.</exception>
    /// <exception cref="TransientException">The disk failed.</exception>
    public void Discard(IReadOnlyList<(int Rank, string CommitId)> commits)
    {
        if (Epoch == 0)
            throw new SpecException($"No epoch of {Path} has started: only the holder of the newest epoch may delete from it.");

        new SessionClearing(_folder, _epochs, _files, Epoch).Discard(_folder.Read(reuse: true), commits);
    }

    private static Session Committed(SessionManifest manifest, IReadOnlyList<RankManifest> ranks) => new()
    {
        Id = manifest.Name,
        Epoch = manifest.Epoch,
        Sequence = manifest.Sequence,
        Parent = manifest.Parent,
        SavedAt = manifest.SavedAt,
        WorldSize = manifest.WorldSize,
        Ranks = [.. ranks.OrderBy(r => r.Rank)],
        Fields = manifest.Fields,
    };

    private static IEnumerable<CheckpointWarning> Damaged(SessionContents contents) =>
        contents.Unreadable.Select(u => new CheckpointWarning(u.Directory, u.Defect, "It is skipped."))
            .Concat(contents.Line.Where(s => s.Defect is not null)
                .Select(s => new CheckpointWarning(s.File ?? s.Id, s.Defect!, SkippedForOlder)));

    private void Continue(EpochRecord record)
    {
        Epoch = record.Epoch;
        _lastSequence = null;
        _parent = record.Base;
        _parentSavedAt = _folder.Read(reuse: true).All.FirstOrDefault(s => s.Id == record.Base)?.SavedAt ?? DateTimeOffset.MinValue;
    }

    private Session? NewestBelow(int epoch, HashSet<string> whole)
    {
        var contents = _folder.Read(reuse: false);
        var counting = contents.CountingBelow(epoch);
        foreach (var unreadable in contents.Unreadable.Where(u => whole.Add(u.Directory)))
            Skip(new CheckpointWarning(unreadable.Directory, unreadable.Defect, "It is skipped."), null);

        var newest = NewestValid(contents.All.Where(s => counting.Contains(s.Id)), null, whole);
        _ = newest is not null && whole.Add(newest.Id);
        return newest;
    }

    private Session? NewestValid(
        IEnumerable<Session> oldestFirst, ICollection<CheckpointWarning>? skipped, HashSet<string>? whole = null)
    {
        foreach (var session in oldestFirst.Reverse())
        {
            var known = whole?.Contains(session.Id) ?? false;
            if ((known ? session.Defect : SessionVerification.Defect(_files, session)) is not { } defect)
            {
                _verified.Add(session.Id);
                return session;
            }

            _verified.Remove(session.Id);
            Skip(new CheckpointWarning(session.File ?? session.Id, defect, SkippedForOlder), skipped);
        }

        return null;
    }

    private void Skip(CheckpointWarning warning, ICollection<CheckpointWarning>? skipped)
    {
        skipped?.Add(warning);
        _options.Warn(warning);
    }
}
