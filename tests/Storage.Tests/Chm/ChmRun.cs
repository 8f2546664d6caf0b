using Cairn.Storage.Chm;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Chm;

/// <summary>A run of so many ranks on a mesh, whose every value follows from variable, triangle and step.</summary>
internal sealed class ChmRun(IDurableFiles files, int[][] cut)
{
    public const string Folder = "/out/checkpoint";

    public static readonly string[] Variables = ["snow:swe", "snow:cold_content", "Harder_precip_phase:acc_snow", "soil:T[0]", "soil:T[1]"];

    public int Ranks => cut.Length;
    public int Triangles => cut.Sum(c => c.Length);

    /// <summary>Triangle 0 to <paramref name="count"/> - 1 in the order of their numbers, as evenly as they go.</summary>
    public static int[][] EvenCut(int count, int ranks) =>
        [.. Enumerable.Range(0, ranks).Select(r => Enumerable.Range(0, count).Where(id => id * ranks / count == r).ToArray())];

    /// <summary>Any triangle on any rank, in any order, at least one on each.</summary>
    public static int[][] RandomCut(int count, int ranks, Random random)
    {
        var ids = Enumerable.Range(0, count).ToArray();
        random.Shuffle(ids);
        var cuts = Enumerable.Range(1, count - 1).ToArray();
        random.Shuffle(cuts);
        int[] ends = [0, .. cuts.Take(ranks - 1).Order(), count];
        return [.. Enumerable.Range(0, ranks).Select(r => ids[ends[r]..ends[r + 1]])];
    }

    public static ChmTime TimeOf(int step) => ChmTime.From(new DateTime(2019, 12, 27, 16, 0, 0).AddHours(step));

    public static double Value(string variable, long id, int step) =>
        (step * 1000) + Array.IndexOf(Variables, variable) + Math.Sin(id + 0.5);

    public static ChmTriangles TrianglesOf(int[] ids) => new([.. ids.Select(id => (long)id)]);

    public static ChmRankState StateOf(int[] ids, int step) =>
        new(TrianglesOf(ids), [.. Variables.Select(v => new ChmVariable(v, [.. ids.Select(id => Value(v, id, step))]))]);

    /// <summary>Writes the checkpoint at the end of a step.</summary>
    public ChmCheckpoint Write(int step, string folder = Folder)
    {
        var writer = new ChmWriter(files, folder);
        var place = writer.Reserve(TimeOf(step));
        var records = cut.Select((ids, rank) => writer.WriteRank(place, rank, StateOf(ids, step))).ToList();
        return writer.Commit(new ChmProposal(Ranks, Triangles, records));
    }

    /// <summary>Whether each rank of this run finds its values of a step in a checkpoint.</summary>
    public bool Finds(ChmCheckpoint checkpoint, int step) => cut.Select((ids, rank) => (ids, rank)).All(part =>
    {
        var state = checkpoint.Load(TrianglesOf(part.ids), Variables, part.rank);
        return state.Variables.All(v => v.Values.AsSpan().SequenceEqual([.. part.ids.Select(id => Value(v.Name, id, step))]));
    });
}
