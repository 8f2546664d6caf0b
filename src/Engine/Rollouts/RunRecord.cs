using System.Security.Cryptography;
using static Cairn.Engine.Rollouts.RecordJson;

namespace Cairn.Engine.Rollouts;

/// <summary>What <c>run.json</c> holds: the resolved spec, everything that shapes numbers as it was when the run was begun, the fingerprint
/// of its numerics, and its batches. It carries no time stamps, so that equal runs have equal records. Its paths are kept as
/// <see cref="RunPlace"/> says, and are absolute here.</summary>
/// <param name="Spec">The spec as last accepted.</param>
/// <param name="Numerics">Settings and file digests that may not change.</param>
/// <param name="OutputLayout">Settings of the field store that may not change.</param>
/// <param name="Fingerprint">What the numbers depend on besides: libtorch, device type, instruction set, threads, cut.</param>
/// <param name="Batches">How the ensemble is cut.</param>
public sealed record RunRecord(
    RunSpec Spec,
    IReadOnlyList<SpecEntry> Numerics,
    IReadOnlyList<SpecEntry> OutputLayout,
    IReadOnlyList<SpecEntry> Fingerprint,
    IReadOnlyList<MemberRange> Batches)
{
    /// <summary>The run and the lead time that this one branched from, or null.</summary>
    public string? BranchedFrom { get; init; }

    /// <summary>The run's folder when the record was written; null for one that was not read. Where it was read from another one, the run
    /// was copied or moved, or is mounted elsewhere.</summary>
    public string? Folder { get; private init; }

    /// <summary>Where the run's fields come from; null in a record of an older version.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>The record's name in the run's checkpoint folder.</summary>
    public const string FileName = "run.json";

    /// <summary>The file beside it whose lock belongs to the process that steps the run.</summary>
    public const string LockFileName = "run.lock";

    private const int Version = 2;
    private const int MostBytes = 16 << 20;

    /// <summary>SHA-256 of <see cref="Numerics"/>, kept with every session.</summary>
    public string Digest => SpecDigest.Of(Numerics);

    /// <summary>What the field store is marked with as this run's: a digest of all that shapes its numbers and stays as long as it lives,
    /// so that equal runs in different folders write equal stores.</summary>
    public string Id => SpecDigest.Of([.. Numerics.Where(entry => !ResumeCheck.IsOfSome(entry.Key))]);

    /// <summary>The record as a file in the run's folder, <c>checkpoint.path</c>.</summary>
    public byte[] ToBytes()
    {
        var folder = Spec.Checkpoint.Path;
        var spec = RunSpecJson.Write(Spec);
        RunPlace.Map(spec, path => RunPlace.ToRecord(path, folder));
        var json = new JsonObject
        {
            ["version"] = Version,
            ["name"] = Spec.Name,
            ["id"] = Id,
            ["folder"] = folder,
            ["spec"] = spec,
            ["spec_digest"] = Digest,
            ["numerics"] = ToJson(Numerics),
            ["output_layout"] = ToJson(OutputLayout),
            ["fingerprint"] = ToJson(Fingerprint),
            ["batches"] = new JsonArray([.. Batches.Select(ToJson)]),
        };
        if (BranchedFrom is not null)
            json["branched_from"] = BranchedFrom;
        if (Provenance is not null)
            json["provenance"] = Provenance.ToJson();
        return RecordJson.Bytes(json, RecordJson.Readable);
    }

    /// <summary>Reads a record.</summary>
    /// <exception cref="DataException">It is missing, damaged, or of a newer version.</exception>
    public static RunRecord Read(string path)
    {
        try
        {
            // Refuses a pipe in the file's place, which would hang, and a link.
            using var file = new PosixFiles().OpenRead(path);
            if (file.Length > MostBytes)
                throw new DataException($"{path} has {file.Length} bytes; expected at most {MostBytes}. It is not a run's record.");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return JsonNode.Parse(bytes) is JsonObject json
                ? Parse(json, path)
                : throw new FormatException("It holds no object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException
            or OverflowException
            or IOException or DurableIOException { IsOfSurroundings: false })
        {
            throw new DataException($"{path} cannot be read as a run's record: {e.Message} Start over with --fresh (the old data is "
                + "moved aside).", e);
        }
    }

    private static RunRecord Parse(JsonObject json, string path)
    {
        var version = Need(json, "version").GetValue<int>();
        if (version > Version)
            throw new DataException($"{path} has version {version}; this program reads up to {Version}. "
                + "Use the newer program that wrote it.");
        var batches = Need(json, "batches").AsArray().Select(Batch).ToList();
        var spec = Need(json, "spec").AsObject();
        var written = Need(version == 1 ? Need(spec, "checkpoint") : json, version == 1 ? "path" : "folder").GetValue<string>();
        var folder = RunPlace.Now(written, Path.GetDirectoryName(Path.GetFullPath(path))!);
        RunPlace.Map(spec, recorded => RunPlace.Moved(recorded, written, folder));
        var read = RunSpecJson.Read(spec.ToJsonString(), path);
        return new RunRecord(
            read,
            FromJson(Need(json, "numerics")), FromJson(Need(json, "output_layout")), FromJson(Need(json, "fingerprint")),
            [.. batches.Select(batch => BatchLayout.Named(batch, read))])
        {
            BranchedFrom = json["branched_from"]?.GetValue<string>(),
            Folder = written,
            Provenance = Provenance.Read(json["provenance"] as JsonObject),
        };
    }

    private static MemberRange Batch(JsonNode? node)
    {
        var batch = new MemberRange(Need(node, "first").GetValue<int>(), Need(node, "last").GetValue<int>());
        return batch.First >= 0 && batch.Last >= batch.First && batch.Last < int.MaxValue
            ? batch
            : throw new FormatException($"It names a batch of members {batch.First} to {batch.Last}.");
    }

    private static JsonObject ToJson(MemberRange batch)
    {
        var json = new JsonObject { ["first"] = batch.First, ["last"] = batch.Last, ["path"] = batch.FolderName };
        if (batch.Of is { } of)
            json["time"] = of.Time;
        return json;
    }

    private static JsonArray ToJson(IReadOnlyList<SpecEntry> entries) =>
        new([.. entries.Select(e => new JsonObject { ["key"] = e.Key, ["value"] = e.Value })]);

    private static List<SpecEntry> FromJson(JsonNode node) =>
        [.. node.AsArray().Select(e => new SpecEntry(Need(e, "key").GetValue<string>(), Need(e, "value").GetValue<string>()))];
}

/// <summary>A digest over everything that shapes a run's numbers.</summary>
public static class SpecDigest
{
    /// <summary>Lower-case hexadecimal SHA-256 over <c>key=value</c> lines, in the given order.</summary>
    public static string Of(IReadOnlyList<SpecEntry> entries) => OfText(string.Concat(entries.Select(e => $"{e.Key}={e.Value}\n")));

    /// <summary>Lower-case hexadecimal SHA-256 of a text in UTF-8.</summary>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
