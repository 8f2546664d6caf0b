using System.Globalization;
using Cairn.Cli.Tables;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints;

/// <summary>Shows the contents of one session without reading its arrays.</summary>
internal static class CommitDisplay
{
    private const int MostRows = 200;

    public static int Write(string path, int index, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            JsonOption.Write(output, new { Sessions = CatalogPaths.Find(path).Select(folder => Json(folder, index)).OfType<object>() });
            return ExitCodes.Done;
        }

        var first = true;
        foreach (var folder in CatalogPaths.Find(path))
        {
            if (!first)
                output.WriteLine();

            first = false;
            WriteOne(folder, index, output);
        }

        return ExitCodes.Done;
    }

    private static void WriteOne(string folder, int index, TextWriter output)
    {
        if (Find(folder, index) is not ({ } row, _))
        {
            output.WriteLine($"{folder}: no sessions yet");
            return;
        }

        var reader = CommitReader.Open(row);
        WriteHeader(row, reader, output);
        foreach (var stateId in reader.StateIds)
        {
            output.WriteLine();
            output.WriteLine($"state {stateId}");
            var table = new TextTable("  field", "kind", "dtype", "shape or value") { Spare = ["kind"], EndsInText = true };
            var fields = reader.State(stateId).Fields.SelectMany(f => Leaves(f.Key, f.Value)).ToList();
            fields.Take(MostRows).ToList().ForEach(leaf => table.Add(Line(leaf)));
            output.Write(table.ToString());
            if (fields.Count > MostRows)
                output.WriteLine($"  and {fields.Count - MostRows} more");
        }
    }

    /// <summary>A session of a catalog; negative numbers count from the newest. Null if there are none yet.</summary>
    private static (CheckpointRow Row, int Id)? Find(string folder, int index)
    {
        var rows = Checkpoint.ReadRows(folder);
        var at = index < 0 ? rows.Count + index : index;
        return rows.Count == 0 ? null
            : at >= 0 && at < rows.Count ? (rows[at], at)
            : throw new SpecException($"{folder} has {Count.Of(rows.Count, "session")}; there is no session {index}. "
                + $"List them: {ProgramName.Value} checkpoints ls {folder}");
    }

    private static object? Json(string folder, int index)
    {
        if (Find(folder, index) is not var (row, id))
            return null;

        var reader = CommitReader.Open(row);
        return new
        {
            Path = row.Directory, Session = CatalogListing.Json(row, id), row.Fingerprint,
            Files = reader.Files?.Select(file => new { file.Path, file.Bytes }),
            States = reader.StateIds.Select(state => new
            {
                StateId = state, Fields = reader.State(state).Fields.SelectMany(field => Leaves(field.Key, field.Value)).Select(Json),
            }),
        };
    }

    private static object Json((string Name, Payload Value) leaf) => new
    {
        leaf.Name, leaf.Value.Kind, Dtype = (leaf.Value as ArrayPayload)?.DType.Name, (leaf.Value as ArrayPayload)?.Shape,
        Value = leaf.Value is ScalarPayload scalar ? JsonOption.Value(scalar.Value) : null,
    };

    private static void WriteHeader(CheckpointRow row, CommitReader reader, TextWriter output)
    {
        output.WriteLine($"session {row.CommitId}");
        var rank = $"rank {row.Rank} of {row.WorldSize}";
        output.WriteLine($"  checkpoint   {row.CheckpointName}, {rank}, write count {row.WriteCount}, saved {row.SavedAt}");
        output.WriteLine(row.Sequence is { } sequence
            ? $"  place        epoch {row.Epoch}, sequence {sequence}, after {row.Parent ?? "nothing"}"
            : "  place        written by Earth2Studio");
        if (reader.Files is { } files)
        {
            var bytes = files.Sum(f => f.Bytes).ToString("N0", CultureInfo.InvariantCulture);
            output.WriteLine($"  files        {files.Count}, {bytes} bytes");
        }

        foreach (var (key, value) in (row.Fingerprint ?? new Dictionary<string, string>()).OrderBy(e => e.Key, StringComparer.Ordinal))
            output.WriteLine($"  numerics     {key} = {value}");

        foreach (var (key, value) in row.Metadata.OrderBy(e => e.Key, StringComparer.Ordinal))
            output.WriteLine($"  metadata     {key} = {PythonText.Str(value)}");
    }

    private static string[] Line((string Name, Payload Value) leaf) => leaf.Value switch
    {
        ArrayPayload array => ["  " + leaf.Name, array.Kind, array.DType.Name, $"[{string.Join(", ", array.Shape)}]"],
        ScalarPayload scalar => ["  " + leaf.Name, scalar.Kind, "", PythonText.Str(scalar.Value)],
        _ => ["  " + leaf.Name, leaf.Value.Kind, "", ""],
    };

    private static IEnumerable<(string Name, Payload Value)> Leaves(string name, Payload payload) => payload switch
    {
        DictPayload dict => dict.Items.OrderBy(i => i.Key, StringComparer.Ordinal).SelectMany(i => Leaves($"{name}[{i.Key}]", i.Value)),
        DataclassPayload nested => nested.Fields.SelectMany(f => Leaves($"{name}.{f.Key}", f.Value)),
        SequencePayload sequence => sequence.Items.SelectMany((item, i) => Leaves($"{name}[{i}]", item)),
        _ => [(name, payload)],
    };
}
