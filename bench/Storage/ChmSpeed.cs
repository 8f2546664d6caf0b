using System.Runtime.InteropServices;
using Cairn.Storage.Chm;
using Cairn.Storage.Durable;

namespace Cairn.Bench.Storage;

/// <summary>
/// A checkpoint in CHM's format of a mesh of a million triangles and eight variables, by one rank and by four at once, against
/// <c>dd conv=fsync</c> of the same bytes; and what reading it back costs.
/// </summary>
internal sealed class ChmSpeed(string scratch, int rounds)
{
    private const int Triangles = 1_000_000;
    private const int Variables = 8;

    public void Run()
    {
        var source = Path.Combine(scratch, "source");
        var (one, four) = (States(1), States(4));
        using (var file = File.Create(source))
        {
            foreach (var variable in one[0].Variables.Append(new ChmVariable("", new double[Triangles])))
                file.Write(MemoryMarshal.AsBytes(variable.Values.AsSpan()));
        }

        new Measured(
            $"CHM checkpoint of {Triangles:N0} triangles, {Variables} variables", "dd conv=fsync", "one rank", "four ranks at once")
            .Rounds(rounds, () => Dd.Copy(source, Path.Combine(scratch, "copy")), () => Write(one), () => Write(four)).Print();
        var checkpoint = Commit(new ChmWriter(new PosixFiles(), Path.Combine(scratch, "read")), four);
        var names = one[0].Variables.Select(v => v.Name).ToList();
        new Measured("reading it back", "every byte of it verified", "the part of one rank of four", "all of it by one rank of one")
            .Rounds(
                rounds, () => Measured.Milliseconds(() => checkpoint.Verify()),
                () => Measured.Milliseconds(() => checkpoint.Load(four[2].Triangles, names, likely: 2)),
                () => Measured.Milliseconds(() => checkpoint.Load(one[0].Triangles, names))).Print();
        File.Delete(source);
    }

    private double Write(IReadOnlyList<ChmRankState> ranks)
    {
        var folder = Path.Combine(scratch, "checkpoint");
        var writer = new ChmWriter(new PosixFiles(), folder);
        var time = Measured.Milliseconds(() => Commit(writer, ranks));
        Directory.Delete(folder, recursive: true);
        return time;
    }

    private static ChmCheckpoint Commit(ChmWriter writer, IReadOnlyList<ChmRankState> ranks)
    {
        var place = writer.Reserve(ChmTime.From(DateTime.UnixEpoch));
        var records = new ChmRankRecord[ranks.Count];
        Parallel.For(0, ranks.Count, rank => records[rank] = writer.WriteRank(place, rank, ranks[rank]));
        return writer.Commit(new ChmProposal(ranks.Count, Triangles, records));
    }

    private static List<ChmRankState> States(int ranks)
    {
        var random = new Random(7);
        var each = Triangles / ranks;
        return
        [
            .. Enumerable.Range(0, ranks).Select(rank => new ChmRankState(
                new ChmTriangles([.. Enumerable.Range(rank * each, each).Select(id => (long)id)]),
                [
                    .. Enumerable.Range(0, Variables).Select(v =>
                        new ChmVariable($"snow:layer[{v}]", [.. Enumerable.Range(0, each).Select(_ => random.NextDouble())])),
                ])),
        ];
    }
}
