using System.Globalization;
using Cairn.Cli.Tables;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints;

/// <summary>Shows what one session holds, without reading its arrays.</summary>
internal static class CommitDisplay
{
    private const int MostRows = 200;

    public static int Write(string path, int index, TextWriter output)
    {
        var first = true;
        foreach (var folder in CatalogPaths.Find(path))
        {
            if (!first)
            {
                output.WriteLine();
            }

            first = false;
            WriteOne(folder, index, output);
        }

        return ExitCodes.Done;
    }

    private static void WriteOne(string folder, int index, TextWriter output)
    {
        var rows = Checkpoint.ReadRows(folder);
        if (rows.Count == 0)
        {
            output.WriteLine($"{folder}: no sessions yet");
            return;
        }

        var at = index < 0 ? rows.Count + index : index;
        if (at < 0 || at >= rows.Count)
        {
            throw new SpecException($"{folder} has {Count.Of(rows.Count, "session")}; there is no session {index}. "
                + $"List them: {ProgramName.Value} checkpoints ls {folder}");
        }

        var row = rows[at];
        var reader = CommitReader.Open(row);
        WriteHeader(row, reader, output);
        foreach (var stateId in reader.StateIds)
        {
            output.WriteLine();
            output.WriteLine($"state {stateId}");
            var table = new TextTable("  field", "kind", "dtype", "shape or value") { Spare = ["kind"], EndsInText = true };
            var fields = reader.State(stateId).Fields.SelectMany(f => Lines(f.Key, f.Value)).ToList();
            fields.Take(MostRows).ToList().ForEach(cells => table.Add(cells));
            output.Write(table.ToString());
            if (fields.Count > MostRows)
            {
                output.WriteLine($"  and {fields.Count - MostRows} more");
            }
        }
    }

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
        {
            output.WriteLine($"  numerics     {key} = {value}");
        }

        foreach (var (key, value) in row.Metadata.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"  metadata     {key} = {PythonText.Str(value)}");
        }
    }

    private static IEnumerable<string[]> Lines(string name, Payload payload) => payload switch
    {
        ArrayPayload array => [["  " + name, array.Kind, array.DType.Name, $"[{string.Join(", ", array.Shape)}]"]],
        DictPayload dict => dict.Items.OrderBy(i => i.Key, StringComparer.Ordinal).SelectMany(i => Lines($"{name}[{i.Key}]", i.Value)),
        DataclassPayload nested => nested.Fields.SelectMany(f => Lines($"{name}.{f.Key}", f.Value)),
        SequencePayload sequence => sequence.Items.SelectMany((item, i) => Lines($"{name}[{i}]", item)),
        ScalarPayload scalar => [["  " + name, scalar.Kind, "", PythonText.Str(scalar.Value)]],
        _ => [["  " + name, payload.Kind, "", ""]],
    };
}
