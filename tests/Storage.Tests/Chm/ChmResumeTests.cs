using Cairn.Storage.Catalog;
using Cairn.Storage.Chm;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Chm;

public sealed class ChmResumeTests
{
    private readonly RecordingFiles _files = new();
    private readonly List<CheckpointWarning> _warnings = [];
    private readonly ChmRun _run;

    public ChmResumeTests()
    {
        _run = new ChmRun(_files, ChmRun.EvenCut(6, 2));
        _run.Write(1);
        _run.Write(12);
        _run.Write(2);
    }

    [Fact]
    public void The_name_with_the_greatest_time_is_taken()
    {
        var newest = new ChmFolder(ChmRun.Folder, _files).Newest(null, _warnings.Add)!.Value;

        Assert.Equal(ChmRun.TimeOf(12), newest.Checkpoint.Time);
        Assert.Equal(6, newest.Contents.Triangles);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void One_that_does_not_hold_is_passed_over_with_a_warning()
    {
        _files.DeleteFile($"{ChmRun.Folder}/20191228T040000/chkp20191228T040000_1.nc");

        var newest = new ChmFolder(ChmRun.Folder, _files).Newest(null, _warnings.Add)!.Value;

        Assert.Equal(ChmRun.TimeOf(2), newest.Checkpoint.Time);
        var warning = Assert.Single(_warnings);
        Assert.Contains("checkpoint_20191228T040000.np2.json", warning.Path, StringComparison.Ordinal);
        Assert.Contains("chkp20191228T040000_1.nc is missing", warning.Defect, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_checkpoints_gives_none_and_one_with_damaged_ones_only_is_an_error()
    {
        Assert.Null(new ChmFolder("/nowhere", _files).Newest(null, _warnings.Add));
        foreach (var listed in new ChmFolder(ChmRun.Folder, _files).List())
        {
            _files.DeleteFile(listed.Path);
            _files.Seed(listed.Path, []);
        }

        var error = Assert.Throws<DataException>(() => new ChmFolder(ChmRun.Folder, _files).Newest(null, _warnings.Add));

        Assert.Contains("holds 3 checkpoints, and none", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, _warnings.Count);
    }

    [Fact]
    public void Strict_ranks_take_the_newest_by_name_or_refuse()
    {
        var folder = new ChmFolder(ChmRun.Folder, _files);

        Assert.Equal(2, folder.Newest(2, _warnings.Add)!.Value.Checkpoint.Ranks);
        Assert.Throws<SpecException>(() => folder.Newest(3, _warnings.Add));
        new ChmRun(_files, ChmRun.EvenCut(6, 3)).Write(12);
        Assert.Equal(3, folder.Newest(3, _warnings.Add)!.Value.Checkpoint.Ranks);
        Assert.Equal(2, folder.Newest(2, _warnings.Add)!.Value.Checkpoint.Ranks);
        Assert.Empty(_warnings);
    }
}
