using Cairn.Storage.Derived;
using Cairn.Storage.Words;
using static Cairn.Engine.Rollouts.RecordJson;

namespace Cairn.Engine.Rollouts;

/// <summary>The files that are derived from committed fields once the run has ended. What is there already, for the same members and lead
/// times, is not made again; the members' fields are given up only after everything derived from them is durable and recorded.</summary>
internal sealed class DerivedOutput
{
    private readonly OutputSpec _spec;
    private readonly IDurableFiles _files;
    private readonly FieldLayout _layout;
    private readonly string _folder;
    private readonly DerivedRecord? _before;

    private DerivedOutput(RunSpec spec, IDurableFiles files, FieldLayout layout, RunRecord? begun)
    {
        (_spec, _files, _layout) = (spec.Output, files, layout);
        _folder = spec.Checkpoint.Path;
        _before = DerivedRecord.Read(files, _folder, begun?.Folder);
    }

    /// <summary>What a run derives, and what it has derived before.</summary>
    public static DerivedOutput Of(RunSpec spec, RunOptions options, FieldLayout layout, RunRecord? begun)
    {
        var derived = new DerivedOutput(spec, options.FilesOf(spec), layout, begun);
        var own = begun?.Spec.Output.DerivedFiles().Select(f => f.Value).ToHashSet() ?? [];
        foreach (var (key, path) in spec.Output.DerivedFiles())
        {
            // Nothing is replaced that the run may not have made.
            if (!own.Contains(path) && FieldsPart.Existing(options.Files, path) is [var inTheWay, ..])
                throw new SpecException($"{key} is {path}, but {inTheWay} exists already and was not written by this run. Move it away, "
                    + $"or set another {key}; --out DIR moves everything that a run writes.");
        }
        return derived;
    }

    /// <summary>Whether the members' fields were dropped at the end of this very run. Refuses what would need them again.</summary>
    public bool RequireKept()
    {
        if (_before is not { MembersDropped: true } before)
            return false;
        const string next = "The members' fields were dropped when the run ended (output.keep-members = false). To start over, add "
            + "--fresh: the old data is moved aside, not deleted.";
        if (before.Members != _layout.Members || before.LeadTimes != _layout.LeadTimes.Count)
            throw new SpecException(
                $"The run ended with {Count.Of(before.Members, "member")} and {Count.Of(before.LeadTimes, "written lead time")}; now it "
                + $"has {_layout.Members} and {_layout.LeadTimes.Count}. {next}");
        // A member that was dropped may have left fewer parts than there could be.
        if (Wanted(_layout, _layout.At).FirstOrDefault(w => !before.Files.Any(f => f.Key == w.Key && w.Parts.Any(p => p.Path == f.Path)))
            is { } further)
        {
            throw new SpecException($"{further.Path} was not derived while the members' fields existed. {next}");
        }
        if (before.Files.FirstOrDefault(f => !IsWhole(f)) is { } gone)
            throw new DataException($"{gone.Path} is gone, or does not have its {gone.Bytes} bytes. {next}");
        return true;
    }

    /// <summary>Derives what is asked for and is not there yet, then drops the members' fields if that is asked for.</summary>
    public void Write(IFieldStore store, int? members, IRunObserver observer)
    {
        if (_spec.DerivedFiles().Count == 0)
            return;
        var files = new List<DerivedEntry>();
        var layout = _layout with { Members = members ?? _layout.Members };
        foreach (var wanted in Wanted(layout, time => FieldsFile.Committed(Of(time))))
            files.AddRange(wanted.Parts.Select(part =>
                _before?.Files.FirstOrDefault(f => f.Path == part.Path && f.Key == wanted.Key && IsWhole(f))
                ?? Derive(wanted, part, Of(wanted.Time), observer)));
        var record = new DerivedRecord(files, layout.Members, layout.LeadTimes.Count, !_spec.KeepMembers);
        RecordJson.Replace(_files, Path.Combine(_folder, DerivedRecord.FileName), record.ToBytes(_folder));
        if (record.MembersDropped)
            Drop(observer);

        IFieldStore Of(int time) => members is { } first ? store.First(first) : store.At(time);
    }

    /// <summary>Removes the members' fields; says so only where there was something.</summary>
    public void Drop(IRunObserver observer)
    {
        if (_spec.Path is not { } named)
            return;
        // Where the name is a link, what it leads to takes the room.
        var store = RealPath.OfFolder(named);
        var folder = Path.GetDirectoryName(store)!;
        var going = Path.Combine(folder, $"{AtomicFile.TemporaryPrefix}{Path.GetFileName(store)}_dropped");
        _ = DurableTree.DeleteTree(_files, going);
        if (!_files.DirectoryExists(store))
            return;
        // Another store may have been put there since: it must be the one that this run wrote.
        _ = FieldStoreKinds.Of(_spec).Open(new FieldStoreRequest(_files, store, _layout, _spec.Store));
        _files.Rename(store, going);
        _files.SyncDirectory(folder);
        _ = DurableTree.DeleteTree(_files, going);
        observer.On(new MembersDropped(named));
    }

    private DerivedEntry Derive(WantedFiles wanted, FieldsPart part, IFieldStore store, IRunObserver observer)
    {
        DerivedFile.Sweep(_files, part.Path);
        if (wanted.IsOfFields)
            FieldsFile.Write(_files, store, part);
        else
            StatisticsFile.Write(_files, store, part.Path, _spec.Statistics!.Quantiles);
        var made = new DerivedEntry(part.Path, wanted.Key, Length(part.Path));
        observer.On(new OutputDerived(made.Path, made.Bytes));
        return made;
    }

    /// <summary>What the spec asks for of some of the fields.</summary>
    private List<WantedFiles> Wanted(FieldLayout layout, Func<int, FieldLayout> layoutOf)
    {
        var of = string.Create(CultureInfo.InvariantCulture, $"{layout.Members} members, {layout.LeadTimes.Count} lead times");
        return
        [
            .. Enumerable.Range(0, layout.Numbers.Times).SelectMany(time => _spec.DerivedFiles().Select(f => new WantedFiles(
                f.Value, time, f.Value == _spec.NetCdf, FieldsPart.Of(layoutOf(time), f.Value), f.Value == _spec.NetCdf
                    ? $"fields of {of}"
                    : $"statistics of {of}, quantiles {SpecText.List([.. _spec.Statistics!.Quantiles.Select(SpecText.Number)])}"))),
        ];
    }

    /// <summary>The files that one setting asks for, of one initial time.</summary>
    /// <param name="Path">What the setting says.</param>
    /// <param name="Time">The initial time, from 0.</param>
    /// <param name="IsOfFields">Whether they hold the fields of members, and not statistics over them.</param>
    /// <param name="Parts">The files; of statistics always one.</param>
    /// <param name="Key">How they are made of which members and lead times.</param>
    private sealed record WantedFiles(string Path, int Time, bool IsOfFields, IReadOnlyList<FieldsPart> Parts, string Key);

    private bool IsWhole(DerivedEntry entry) => _files.FileExists(entry.Path) && Length(entry.Path) == entry.Bytes;

    private long Length(string path)
    {
        using var stream = _files.OpenRead(path);
        return stream.Length;
    }
}

/// <summary>A file that was derived, and what it was derived from and how.</summary>
/// <param name="Path">The file.</param>
/// <param name="Key">How it is made of which members and lead times.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record DerivedEntry(string Path, string Key, long Bytes);

/// <summary>What <c>derived.json</c> holds: the files derived at the end of the run, all of them durable before they are listed, and
/// whether the members' fields were given up then. Its paths are kept as <see cref="RunPlace"/> says, and are absolute here.</summary>
/// <param name="Members">The ensemble's size.</param>
/// <param name="LeadTimes">How many lead times were written.</param>
/// <param name="MembersDropped">Whether the members' fields are gone, or about to be.</param>
internal sealed record DerivedRecord(IReadOnlyList<DerivedEntry> Files, int Members, int LeadTimes, bool MembersDropped)
{
    /// <summary>The record's name in the run's checkpoint folder.</summary>
    public const string FileName = "derived.json";

    private const int Version = 2;
    private const int MostBytes = 1 << 20;

    /// <summary>The record as a file in a run's folder.</summary>
    public byte[] ToBytes(string folder)
    {
        var files = Files.Select(f => new JsonObject
        {
            ["path"] = RunPlace.ToRecord(f.Path, folder), ["key"] = f.Key, ["bytes"] = f.Bytes,
        });
        var json = new JsonObject
        {
            ["version"] = Version,
            ["members"] = Members,
            ["lead_times"] = LeadTimes,
            ["members_dropped"] = MembersDropped,
            ["files"] = new JsonArray([.. files]),
        };
        return RecordJson.Bytes(json, RecordJson.Indented);
    }

    /// <summary>Reads the record, or null where nothing was derived yet.</summary>
    public static DerivedRecord? Read(IDurableFiles files, string run, string? written)
    {
        var folder = Path.GetFullPath(run);
        var path = Path.Combine(folder, FileName);
        if (!files.FileExists(path))
            return null;
        try
        {
            using var stream = files.OpenRead(path);
            var json = stream.Length <= MostBytes ? JsonNode.Parse(stream) : throw new FormatException($"It has {stream.Length} bytes.");
            var before = written ?? folder;
            return Need(json, "version").GetValue<int>() is >= 1 and <= Version
                ? Parse(json, recorded => RunPlace.Moved(recorded, before, RunPlace.Now(before, folder)))
                : throw new FormatException($"It is of a later version than {Version}.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException
            or ArgumentException)
        {
            throw new DataException($"{path} cannot be read as the record of derived files: {e.Message} Delete it if the field store is "
                + "still there: the files are derived again. Otherwise restore it.", e);
        }
    }

    private static DerivedRecord Parse(JsonNode? json, Func<string, string> place) => new(
        [.. Need(json, "files").AsArray().Select(f => new DerivedEntry(
            place(Need(f, "path").GetValue<string>()), Need(f, "key").GetValue<string>(), Need(f, "bytes").GetValue<long>()))],
        Need(json, "members").GetValue<int>(), Need(json, "lead_times").GetValue<int>(), Need(json, "members_dropped").GetValue<bool>());
}
