using Cairn.Storage.Chm;
using Cairn.Storage.Tests.Durable;
using Xunit.Abstractions;

namespace Cairn.Storage.Tests.Chm;

public sealed class ChmRedistributionTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(20)]
    public void A_checkpoint_of_any_cut_is_loaded_by_any_other(int trials) => Redistribute(trials);

    [Theory]
    [InlineData(1000)]
    [Trait("Category", "Soak")]
    public void A_checkpoint_of_any_cut_is_loaded_by_any_other_a_thousand_times(int trials) => Redistribute(trials);

    [Fact]
    public void Strict_ranks_refuse_as_the_original_does()
    {
        var checkpoint = new ChmRun(new RecordingFiles(), ChmRun.EvenCut(8, 4)).Write(0);

        checkpoint.RequireRanks(4);
        var error = Assert.Throws<SpecException>(() => checkpoint.RequireRanks(3));

        Assert.Contains("4 ranks; this run has 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rank_that_finds_everything_in_its_own_file_opens_no_other()
    {
        var files = new RecordingFiles();
        var checkpoint = new ChmRun(files, ChmRun.EvenCut(9, 3)).Write(0);
        files.DeleteFile($"{ChmRun.Folder}/{checkpoint.Manifest.Files[0]}");

        var state = checkpoint.Load(ChmRun.TrianglesOf([5, 3, 4]), ["soil:T[1]"], likely: 1);

        Assert.Equal([ChmRun.Value("soil:T[1]", 5, 0), ChmRun.Value("soil:T[1]", 3, 0), ChmRun.Value("soil:T[1]", 4, 0)],
            state.Variables.Single().Values);
    }

    [Fact]
    public void The_checkpoint_of_another_mesh_is_refused()
    {
        var checkpoint = new ChmRun(new RecordingFiles(), ChmRun.EvenCut(9, 2)).Write(0);
        var contents = checkpoint.Verify();

        contents.Require(9, ChmRun.Variables, checkpoint.Path);
        Says("holds 9 triangles; the mesh has 10", () => contents.Require(10, [], checkpoint.Path));
        Says("lacks the variable glacier:firn", () => contents.Require(9, ["glacier:firn"], checkpoint.Path));
        Says("global_id 9", () => checkpoint.Load(ChmRun.TrianglesOf([8, 9]), ["snow:swe"]));
        Says("lacks the variable glacier:firn", () => checkpoint.Load(ChmRun.TrianglesOf([8]), ["glacier:firn"]));

        static void Says(string what, Action action) =>
            Assert.Contains(what, Assert.Throws<DataException>(action).Message, StringComparison.Ordinal);
    }

    private void Redistribute(int trials)
    {
        for (var seed = 0; seed < trials; seed++)
        {
            var random = new Random(seed);
            var triangles = random.Next(6, 60);
            var before = ChmRun.RandomCut(triangles, random.Next(1, 7), random);
            var after = ChmRun.RandomCut(triangles, random.Next(1, 7), random);
            var files = new RecordingFiles();

            var path = new ChmRun(files, before).Write(seed).Path;

            var checkpoint = ChmCheckpoint.Open(path, files);
            Assert.Equal(before.Select(b => b.Length), checkpoint.Verify().TrianglesOfRanks);
            Assert.True(
                new ChmRun(files, after).Finds(checkpoint, seed),
                $"seed {seed}: {triangles} triangles from {before.Length} to {after.Length} ranks");
        }

        log.WriteLine($"{trials} seeds from 0");
    }
}
