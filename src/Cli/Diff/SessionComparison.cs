using Cairn.Storage.Catalog;
using Cairn.Storage.State;

namespace Cairn.Cli.Diff;

/// <summary>
/// Compares the contents of two sessions. Values that only record when and by which process they were written (ids, times, epochs,
/// sequence, parents, fingerprints) are ignored.
/// </summary>
internal sealed class SessionComparison(Differences differences)
{
    private readonly ValueComparison _values = new(differences);

    public void Compare(string where, CheckpointRow a, CheckpointRow b)
    {
        var prefix = where.Length == 0 ? "" : where + "/";
        Plain(where, "rank", $"{a.Rank} of {a.WorldSize}", $"{b.Rank} of {b.WorldSize}");
        Plain(where, "write count", $"{a.WriteCount}", $"{b.WriteCount}");
        _values.CompareNatural($"{prefix}labels", "label", a.Labels, b.Labels);
        _values.CompareNatural($"{prefix}metadata", "key", a.Metadata, b.Metadata);
        var (inA, inB) = (CommitReader.Open(a), CommitReader.Open(b));
        foreach (var id in differences.Common(where, "state", inA.StateIds, inB.StateIds))
            States($"{prefix}{id}", id, inA, inB);
    }

    private void States(string where, string id, CommitReader a, CommitReader b)
    {
        StatePayload inA, inB;
        (inA, inB) = (a.State(id), b.State(id));
        Plain(where, "schema hash", inA.SchemaHash, inB.SchemaHash);
        _values.CompareAll(
            where, "field", inA.Fields, inB.Fields, stored => a.Array(id, stored), stored => b.Array(id, stored));
    }

    private void Plain(string where, string what, string a, string b)
    {
        if (a != b)
            differences.Add(where, $"A has {what} {a}, B has {b}");
    }
}
