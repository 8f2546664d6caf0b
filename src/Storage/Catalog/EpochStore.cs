using Cairn.Storage.Sessions;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>The records of a batch's epochs, <c>epochs/&lt;epoch:08d&gt;.json</c>: fencing lies on disk, where the bytes are.</summary>
internal sealed class EpochStore(IDurableFiles files, string root, Func<string> newId)
{
    private readonly string _folder = Path.Combine(root, "epochs");

    /// <summary>The highest epoch that has a record, or 0. Looks at names only.</summary>
    public int Highest() => files.List(_folder).Select(e => Number(e.Name)).DefaultIfEmpty(0).Max();

    /// <exception cref="FencedException">An epoch above <paramref name="epoch"/> has begun.</exception>
    public void RequireNewest(int epoch)
    {
        var highest = Highest();
        if (highest > epoch)
            throw new FencedException(
                $"Epoch {highest} of {root} has started; this process holds epoch {epoch} and must stop. Its work continues under the "
                + "newer one.");
    }

    /// <summary>All records, lowest first. A damaged one keeps its number and is reported.</summary>
    public IReadOnlyList<EpochRecord> Read(Action<CheckpointWarning> warn)
    {
        var records = new List<EpochRecord>();
        foreach (var name in files.List(_folder).Where(e => Number(e.Name) > 0).Select(e => e.Name))
        {
            var path = Path.Combine(_folder, name);
            try
            {
                records.Add(Parse(ManifestSeal.ReadObject(files, path), path, Number(name)));
            }
            catch (DataException e)
            {
                warn(new CheckpointWarning(path, e.Message, "The epoch is assumed to start where its first session says."));
                records.Add(new EpochRecord(Number(name), null, null, null, "", 0, DateTimeOffset.MaxValue, Readable: false));
            }
        }

        return [.. records.OrderBy(r => r.Epoch)];
    }

    /// <summary>Drafts of records, of any process.</summary>
    public IEnumerable<string> Drafts() => files.List(_folder)
        .Where(e => e.IsFile && e.Name.StartsWith('.') && e.Name.EndsWith(".tmp", StringComparison.Ordinal))
        .Select(e => Path.Combine(_folder, e.Name));

    /// <summary>Claims the record's number by giving a whole, durable file its name. False when the number is taken.</summary>
    public bool TryClaim(EpochRecord record)
    {
        _ = DurableTree.CreateDirectories(files, _folder);
        var temporary = WriteTemporary(record);
        try
        {
            files.Link(temporary, PathOf(record.Epoch));
        }
        catch (DurableIOException e) when (e.AlreadyExists)
        {
            files.DeleteFile(temporary);
            return false;
        }

        files.DeleteFile(temporary);
        Sync();
        return true;
    }

    /// <summary>Replaces a record that this process has claimed and not yet worked under.</summary>
    public void Replace(EpochRecord record)
    {
        files.Rename(WriteTemporary(record), PathOf(record.Epoch));
        Sync();
    }

    private string PathOf(int epoch) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{epoch:00000000}.json"));

    private string WriteTemporary(EpochRecord record)
    {
        var map = new JObject
        {
            ["epoch"] = record.Epoch,
            ["base"] = record.Base,
            ["base_epoch"] = record.BaseEpoch,
            ["base_sequence"] = record.BaseSequence,
            ["host"] = record.Host,
            ["pid"] = record.Pid,
            ["started_at"] = PythonTime.Stamp(record.StartedAt),
        };
        var path = Path.Combine(_folder, $".{record.Epoch}.{newId()}.tmp");
        BoundedFile.Write(files, path, ManifestSeal.Seal(map, path));
        return path;
    }

    private void Sync()
    {
        files.SyncDirectory(_folder);
        files.SyncDirectory(root);
        Ancestors.Sync(files, root);
    }

    private static EpochRecord Parse(JObject map, string path, int number) => new(
        map.Int("epoch", path, 0) == number ? number : throw JsonFields.Wrong(map, "epoch", path, "the number in its name"),
        map.TextOrNull("base", path),
        map["base_epoch"] is null or JValue { Value: null } ? null : map.Int("base_epoch", path, 0),
        map["base_sequence"] is null or JValue { Value: null } ? null : map.Whole("base_sequence", path),
        map.TextOrNull("host", path) ?? "",
        map.Int("pid", path, 0),
        PythonTime.ParseDateTime(map.Text("started_at", path)) is DateTimeOffset started
            ? started
            : throw JsonFields.Wrong(map, "started_at", path, "an ISO 8601 time with its offset"));

    private static int Number(string name) => name.Length >= 13 && name.EndsWith(".json", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(0, name.Length - 5), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>Starts an epoch: claims its number durably, and determines the session that it starts from.</summary>
/// <param name="baseBelow">The newest valid session below an epoch, as its predecessor sees the catalog; read again at each call.</param>
internal sealed class EpochClaim(EpochStore epochs, string path, TimeProvider time, Func<int, SessionNode?> baseBelow)
{
    /// <exception cref="FencedException">That epoch or a newer one has begun.</exception>
    public EpochRecord Begin(int? epoch)
    {
        var record = Claim(epoch);
        // A session that an older process made durable while the number was being claimed was reported there: it becomes the base.
        for (var later = baseBelow(record.Epoch); later?.Id != record.Base; later = baseBelow(record.Epoch))
        {
            record = record with { Base = later?.Id, BaseEpoch = later?.Epoch, BaseSequence = later?.Sequence };
            epochs.Replace(record);
        }

        return record;
    }

    private EpochRecord Claim(int? epoch)
    {
        while (true)
        {
            var highest = epochs.Highest();
            var number = epoch ?? highest + 1;
            if (number <= highest)
                throw new FencedException($"Epoch {number} of {path} cannot start: epoch {highest} has started already.");

            var from = baseBelow(number);
            var record = new EpochRecord(
                number, from?.Id, from?.Epoch, from?.Sequence, Environment.MachineName, Environment.ProcessId, time.GetUtcNow());
            if (epochs.TryClaim(record))
                return record;
        }
    }
}
