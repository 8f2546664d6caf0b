using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

public sealed class EpochTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void Each_start_takes_the_next_number_and_names_its_base()
    {
        var first = Start(1);
        first.Session.Write(TestCatalog.LeadTime(1));
        first.Session.Write(TestCatalog.LeadTime(2));
        var base2 = first.Session.CommitId;
        var second = new TestCatalog(_files, process: 2).Checkpoint();
        var record = second.BeginEpoch();

        Assert.Equal((2, base2), (record.Epoch, record.Base));
        Assert.True(_files.FileExists(TestCatalog.Path + "/epochs/00000002.json"));
        using var session = second.Open();
        var row = session.Write(TestCatalog.LeadTime(3))!;
        Assert.Equal((2, 3L, base2), (row.Epoch, row.Sequence, row.Parent));
    }

    [Fact]
    public void A_superseded_writer_is_stopped_and_commits_nothing()
    {
        var old = Start(1);
        old.Session.Write(TestCatalog.LeadTime(1));
        var newer = new TestCatalog(_files, process: 2).Checkpoint();
        newer.BeginEpoch();

        Assert.Throws<FencedException>(() => old.Session.Write(TestCatalog.LeadTime(2)));

        Assert.Equal([1], newer.Rows.Select(r => r.WriteCount));
        Assert.Throws<FencedException>(() => newer.BeginEpoch(2));
    }

    [Fact]
    public void A_rename_that_a_newer_epoch_did_not_see_is_never_selected_and_never_reported()
    {
        var newer = new TestCatalog(_files, process: 2).Checkpoint();
        var hooked = new HookedFiles(_files);
        var old = Start(1, hooked);
        old.Session.Write(TestCatalog.LeadTime(1));
        hooked.BeforeRename = from => from.Contains(".tmp_commit", StringComparison.Ordinal) ? () => newer.BeginEpoch() : null;

        Assert.Throws<FencedException>(() => old.Session.Write(TestCatalog.LeadTime(2)));

        Assert.Equal(2, _files.List(TestCatalog.Path + "/commits").Count);
        Assert.Equal([1], newer.Rows.Select(r => r.WriteCount));
        using var session = newer.Open();
        session.Write(TestCatalog.LeadTime(2));
        Assert.Equal(2, _files.List(TestCatalog.Path + "/commits").Count);
        Assert.Equal([1, 2], newer.Rows.Select(r => r.Epoch));
    }

    [Fact]
    public void A_commit_reported_while_an_epoch_begins_becomes_its_base()
    {
        var old = Start(1);
        old.Session.Write(TestCatalog.LeadTime(1));
        var hooked = new HookedFiles(_files);
        var newer = new TestCatalog(hooked, process: 2).Checkpoint();
        hooked.BeforeLink = () => old.Session.Write(TestCatalog.LeadTime(2));

        var record = newer.BeginEpoch();

        Assert.Equal(old.Session.CommitId, record.Base);
        using var session = newer.Open();
        Assert.Equal(2, session.WriteCount);
    }

    [Fact]
    public void An_epoch_may_begin_one_session_further_back()
    {
        var old = Start(1);
        for (var i = 1; i <= 3; i++)
            old.Session.Write(TestCatalog.LeadTime(i));

        var newer = new TestCatalog(_files, process: 2).Checkpoint();
        newer.BeginEpoch(epoch: 7, from: newer.Rows[1]);
        using var session = newer.Open();

        Assert.Equal(2, session.WriteCount);
        Assert.Equal([1, 2], newer.Rows.Select(r => r.WriteCount));
    }

    [Fact]
    public void A_base_stays_on_disk_however_often_it_is_overwritten()
    {
        var catalog = new TestCatalog(_files, CheckpointMode.Overwrite);
        catalog.WriteRows(2);
        var checkpoint = new TestCatalog(_files, CheckpointMode.Overwrite, process: 2).Checkpoint();
        var record = checkpoint.BeginEpoch();
        using var session = checkpoint.Open();
        for (var i = 3; i < 8; i++)
            session.Write(TestCatalog.LeadTime(i));

        Assert.Single(checkpoint.Rows);
        Assert.Contains(record.Base, _files.List(TestCatalog.Path + "/fallback").Select(e => e.Name));
    }

    [Fact]
    public void Leftover_staging_of_dead_epochs_is_swept_and_of_newer_ones_left()
    {
        var catalog = Start(2);
        foreach (var name in new[] { "aaaaaaaaaaaa", "bbbbbbbbbbbb_e1", "cccccccccccc_e9" })
            _files.CreateDirectory($"{TestCatalog.Path}/.tmp_commit_00000001_{name}");

        catalog.Session.Write(TestCatalog.LeadTime(1));

        Assert.Equal(
            [".tmp_commit_00000001_cccccccccccc_e9"],
            _files.List(TestCatalog.Path).Select(e => e.Name).Where(n => n.StartsWith('.')));
    }

    [Fact]
    public void A_damaged_epoch_record_still_fences()
    {
        var old = Start(1);
        old.Session.Write(TestCatalog.LeadTime(1));
        _files.Seed(TestCatalog.Path + "/epochs/00000005.json", [0, 1, 2]);

        Assert.Throws<FencedException>(() => old.Session.Write(TestCatalog.LeadTime(2)));
        var catalog = new TestCatalog(_files, process: 2);
        Assert.Equal(6, catalog.Checkpoint().BeginEpoch().Epoch);
        Assert.NotEmpty(catalog.Warnings);
    }

    private (Checkpoint Checkpoint, CheckpointSession Session) Start(int epoch, IDurableFiles? files = null)
    {
        var checkpoint = new TestCatalog(files ?? _files).Checkpoint();
        checkpoint.BeginEpoch(epoch);
        var session = checkpoint.Open();
        session.Bind(new WindState());
        return (checkpoint, session);
    }

    /// <summary>Lets a test step in right before a call.</summary>
    private sealed class HookedFiles(IDurableFiles inner) : PassingFiles(inner)
    {
        public Func<string, Action?>? BeforeRename { get; set; }
        public Action? BeforeLink { get; set; }

        public override void Rename(string from, string to)
        {
            if (BeforeRename?.Invoke(from) is { } step)
            {
                BeforeRename = null;
                step();
            }

            base.Rename(from, to);
        }

        public override void Link(string existing, string name)
        {
            var step = BeforeLink;
            BeforeLink = null;
            step?.Invoke();
            base.Link(existing, name);
        }
    }
}
