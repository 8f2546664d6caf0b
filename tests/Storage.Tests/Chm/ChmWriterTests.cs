using Cairn.Storage.Chm;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Chm;

public sealed class ChmWriterTests
{
    private readonly RecordingFiles _files = new();

    [Fact]
    public void A_checkpoint_has_the_names_of_the_original_and_leaves_nothing_else()
    {
        new ChmRun(_files, ChmRun.EvenCut(7, 3)).Write(0);

        Assert.Equal(
            [
                "/out/checkpoint/20191227T160000/chkp20191227T160000_0.nc", "/out/checkpoint/20191227T160000/chkp20191227T160000_1.nc",
                "/out/checkpoint/20191227T160000/chkp20191227T160000_2.nc", "/out/checkpoint/checkpoint_20191227T160000.np3.json",
            ],
            _files.FilesBelow("/out"));
    }

    [Fact]
    public void Equal_states_give_equal_bytes()
    {
        var other = new RecordingFiles();

        new ChmRun(_files, ChmRun.EvenCut(7, 2)).Write(3);
        new ChmRun(other, ChmRun.EvenCut(7, 2)).Write(3);

        Assert.Equal(_files.Fingerprint(), other.Fingerprint());
    }

    [Fact]
    public void A_second_writing_of_one_time_touches_no_file_of_the_first()
    {
        var run = new ChmRun(_files, ChmRun.EvenCut(6, 2));
        var first = run.Write(1);
        var before = first.Manifest.Files.Select(f => _files.ReadAll($"{ChmRun.Folder}/{f}")).ToList();

        var second = run.Write(1);

        Assert.Equal(first.Path, second.Path);
        Assert.Equal(
            ["20191227T170000.1/chkp20191227T170000_0.nc", "20191227T170000.1/chkp20191227T170000_1.nc"], second.Manifest.Files);
        Assert.Equal(before, first.Manifest.Files.Select(f => _files.ReadAll($"{ChmRun.Folder}/{f}")));
        Assert.True(run.Finds(ChmCheckpoint.Open(second.Path, _files), 1));
    }

    [Fact]
    public void The_json_is_written_only_when_every_rank_has_a_durable_file()
    {
        var writer = new ChmWriter(_files, ChmRun.Folder);
        var place = writer.Reserve(ChmRun.TimeOf(0));
        var zero = writer.WriteRank(place, 0, ChmRun.StateOf([0, 1], 0));
        var one = writer.WriteRank(place, 1, ChmRun.StateOf([2], 0));
        var elsewhere = writer.WriteRank(writer.Reserve(ChmRun.TimeOf(1)), 1, ChmRun.StateOf([2], 1));

        Refused("Rank 1 of 2 has written nothing", new ChmProposal(2, 3, [zero]));
        Refused("Rank 1 has written 2 files", new ChmProposal(2, 3, [zero, one, one]));
        Refused("Rank 1 is not one of the 1 ranks", new ChmProposal(1, 3, [zero, one]));
        Refused("Rank 1 wrote to 20191227T170000", new ChmProposal(2, 3, [zero, elsewhere]));
        Refused("hold 3 triangles; the mesh has 4", new ChmProposal(2, 4, [one, zero]));
        Refused("has the state soil:T[1]", new ChmProposal(2, 3, [zero, one with { Variables = ChmRun.Variables[..^1] }]));
        Assert.DoesNotContain(_files.List(ChmRun.Folder), e => e.IsFile);

        Assert.Equal(3, writer.Commit(new ChmProposal(2, 3, [one, zero])).Verify().Triangles);

        void Refused(string why, ChmProposal proposal) =>
            Assert.Contains(why, Assert.Throws<DataException>(() => writer.Commit(proposal)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_json_names_is_swept_and_nothing_else()
    {
        var run = new ChmRun(_files, ChmRun.EvenCut(6, 2));
        run.Write(1);
        run.Write(1);
        var writer = new ChmWriter(_files, ChmRun.Folder);
        var (given, died) = (writer.Reserve(ChmRun.TimeOf(2)), writer.Reserve(ChmRun.TimeOf(3)));
        writer.WriteRank(given, 0, ChmRun.StateOf([0], 2));
        writer.WriteRank(died, 0, ChmRun.StateOf([0], 3));
        _files.CreateDirectory(ChmRun.Folder + "/mine");
        _files.Seed(ChmRun.Folder + "/.tmp_checkpoint_20191227T160000.np2.json_0123", []);

        writer.Discard(given);
        writer.Discard(new ChmPlace(ChmRun.TimeOf(1), "20191227T170000.1"));
        Assert.Equal(
            [".tmp_checkpoint_20191227T160000.np2.json_0123", "20191227T170000", "20191227T170000.1", "20191227T190000",
                "checkpoint_20191227T170000.np2.json", "mine"],
            _files.List(ChmRun.Folder).Select(e => e.Name));

        _files.Seed(ChmRun.Folder + "/other.json", [(byte)'{']);
        Assert.Empty(writer.Sweep());
        _files.DeleteFile(ChmRun.Folder + "/other.json");
        Assert.Equal(
            [".tmp_checkpoint_20191227T160000.np2.json_0123", "20191227T170000", "20191227T190000"], writer.Sweep());
        Assert.Equal(
            ["20191227T170000.1", "checkpoint_20191227T170000.np2.json", "mine"], _files.List(ChmRun.Folder).Select(e => e.Name));
        Assert.True(run.Finds(new ChmFolder(ChmRun.Folder, _files).Newest(null, _ => { })!.Value.Checkpoint, 1));
    }

    [Fact]
    public void A_clean_exit_is_told_once_and_taken_back_by_the_next_start()
    {
        _files.CreateDirectory("/out");

        ChmCleanExit.Write(_files, "/out");
        ChmCleanExit.Write(_files, "/out");
        Assert.Empty(_files.ReadAll("/out/clean_exit"));

        ChmCleanExit.Remove(_files, "/out");
        ChmCleanExit.Remove(_files, "/out");
        Assert.False(_files.FileExists("/out/clean_exit"));
    }
}
