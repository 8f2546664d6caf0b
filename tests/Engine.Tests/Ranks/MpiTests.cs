using System.Runtime.InteropServices;
using Cairn.Engine.Ranks;

namespace Cairn.Engine.Tests.Ranks;

/// <summary>Ranks that are processes under a real MPI.</summary>
[Trait("Category", "Slow")]
public sealed class MpiTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cairn-mpi").FullName;

    [SkippableTheory]
    [InlineData(Mpirun.Site, 2)]
    [InlineData(Mpirun.Site, 3)]
    [InlineData(Mpirun.Site, 4)]
    [InlineData(Mpirun.Mpich, 2)]
    [InlineData(Mpirun.Mpich, 3)]
    public void Ranks_over_MPI_give_the_bytes_of_the_whole(string mpi, int size)
    {
        var (code, text) = Mpirun.Find(mpi, _directory).Probe(size, "cut", _directory);

        Assert.True(code == 0, text);
        Assert.Contains($"{size} ranks on ", text, StringComparison.Ordinal);
        Assert.Contains(mpi == Mpirun.Mpich ? "MPICH" : MpiLibrary.Version.Split('\n')[0], text, StringComparison.Ordinal);
        Assert.Contains("the ring holds", text, StringComparison.Ordinal);
        Assert.Contains("peers hear each other", text, StringComparison.Ordinal);
        foreach (var one in MpiProbe.Cases())
        {
            using var model = CutModels.Make(one.Kind, one.DType, one.Seed);
            var whole = Gang.Run(1, ranks => CutModels.Run(model, ranks, one.Seed, MpiProbe.Steps))[0];
            var parts = Gang.Run(size, ranks => CutModels.Run(model, ranks, one.Seed, MpiProbe.Steps));

            Assert.Equal(MemoryMarshal.AsBytes(whole.Fields.AsSpan()).ToArray(), Read(MpiProbe.FieldsFile(one)));
            for (var rank = 0; rank < size; rank++)
            {
                Assert.Equal(parts[rank].State, Read(MpiProbe.StateFile(one, rank)));
            }
        }
    }

    [SkippableTheory]
    [InlineData(Mpirun.Site, "more")]
    [InlineData(Mpirun.Site, "less")]
    [InlineData(Mpirun.Mpich, "more")]
    [InlineData(Mpirun.Mpich, "less")]
    [InlineData(Mpirun.Site, "peer-more")]
    [InlineData(Mpirun.Site, "peer-less")]
    [InlineData(Mpirun.Mpich, "peer-more")]
    [InlineData(Mpirun.Mpich, "peer-less")]
    public void A_rank_that_sends_more_or_less_than_expected_is_refused_by_its_neighbour(string mpi, string sent)
    {
        var (code, text) = Mpirun.Find(mpi, _directory).Probe(3, sent, _directory);

        Assert.True(code != 0, text);
        var refusal = File.ReadAllText(Path.Combine(_directory, "refused"));
        Assert.StartsWith("rank 2: Rank 1 sent another number of bytes than the 8", refusal, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(Mpirun.Site, "abort")]
    [InlineData(Mpirun.Site, "throw")]
    [InlineData(Mpirun.Mpich, "abort")]
    [InlineData(Mpirun.Mpich, "throw")]
    public void A_rank_that_aborts_or_fails_ends_the_others(string mpi, string how)
    {
        var (code, text) = Mpirun.Find(mpi, _directory).Probe(3, how, _directory);

        Assert.True(code != 0, text);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private byte[] Read(string name) => File.ReadAllBytes(Path.Combine(_directory, name));
}
