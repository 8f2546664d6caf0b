using System.Runtime.InteropServices;

namespace Cairn.Engine.Tests.Ranks;

/// <summary>Ranks that are processes under a real MPI.</summary>
[Trait("Category", "Slow")]
public sealed class MpiTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cairn-mpi").FullName;

    [SkippableTheory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Ranks_over_MPI_give_the_bytes_of_the_whole(int size)
    {
        var (code, text) = Mpirun.Probe(size, "cut", _directory);

        Assert.True(code == 0, text);
        Assert.Contains($"{size} ranks on ", text, StringComparison.Ordinal);
        Assert.Contains(MpiLibrary.Version.Split('\n')[0], text, StringComparison.Ordinal);
        Assert.Contains("the ring holds", text, StringComparison.Ordinal);
        Assert.Contains("peers hear each other", text, StringComparison.Ordinal);
        foreach (var one in MpiProbe.Cases())
        {
            using var model = CutModels.Make(one.Kind, one.DType, one.Seed);
            var whole = Gang.Run(1, ranks => CutModels.Run(model, ranks, one.Seed, MpiProbe.Steps))[0];
            var parts = Gang.Run(size, ranks => CutModels.Run(model, ranks, one.Seed, MpiProbe.Steps));

            Assert.Equal(MemoryMarshal.AsBytes(whole.Fields.AsSpan()).ToArray(), Read(MpiProbe.FieldsFile(one)));
            for (var rank = 0; rank < size; rank++)
                Assert.Equal(parts[rank].State, Read(MpiProbe.StateFile(one, rank)));
        }
    }

    [SkippableTheory]
    [InlineData("more", "Rank 1 sent more bytes to rank 2 than the 8")]
    [InlineData("less", "Rank 1 sent 4 bytes to rank 2, which expected 8")]
    [InlineData("peer-more", "Rank 1 sent more bytes to rank 2 than the 8")]
    [InlineData("peer-less", "Rank 1 sent 4 bytes to rank 2, which expected 8")]
    public void A_rank_that_sends_more_or_less_than_expected_is_refused_by_its_neighbour(string sent, string refusal)
    {
        var (code, text) = Mpirun.Probe(3, sent, _directory);

        Assert.True(code != 0, text);
        Assert.StartsWith($"rank 2: {refusal}", File.ReadAllText(Path.Combine(_directory, "refused")), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("abort")]
    [InlineData("throw")]
    public void A_rank_that_aborts_or_fails_ends_the_others(string how)
    {
        var (code, text) = Mpirun.Probe(3, how, _directory);

        Assert.True(code != 0, text);
    }

    [SkippableTheory]
    [InlineData("libmpi.so.40", "names libmpi.so.40, which is Open MPI")]
    [InlineData("libnone.so.12", "names libnone.so.12, which cannot be loaded")]
    [InlineData("libc.so.6", "names libc.so.6, which is no MPI")]
    public void A_library_that_cannot_be_used_is_refused_with_what_to_install(string library, string refusal)
    {
        Skip.If(library == "libmpi.so.40" && !NativeLibrary.TryLoad(library, out _), "Open MPI is missing: apt-get install libopenmpi3");
        var (code, text) = Mpirun.Probe(1, "tell", _directory, library);

        Assert.True(code == 2, text);
        Assert.Contains(refusal, text, StringComparison.Ordinal);
        Assert.Contains("Install MPICH (Debian: mpich)", text, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
    private byte[] Read(string name) => File.ReadAllBytes(Path.Combine(_directory, name));
}
