using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>Commits that were staged for a session that is not to be.</summary>
public sealed class DiscardTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void What_an_aborted_session_left_is_gone_at_once_and_the_gang_goes_on()
    {
        using var crew = new Crew(_files, 3);
        crew.Start();
        crew.Commit(1);
        var staged = crew.Stage(2, [0, 2]);

        crew.Catalog.Discard([.. staged.Select(row => (row.Rank, row.CommitId)), (1, "commit_00000002_neverthere00")]);

        Assert.All(Enumerable.Range(0, 3), rank => Assert.Single(_files.List($"{Crew.Path}/rank_{rank:000000}/commits")));
        Assert.Equal([1], crew.Catalog.Read().Sessions.Select(s => s.WriteCount));
        crew.Sessions[1].Write();
        crew.Commit(3);
        Assert.Equal([1, 3], crew.Catalog.Read().Sessions.Select(s => s.WriteCount));
        Assert.Empty(crew.Warnings);
    }

    [Fact]
    public void A_commit_that_a_session_names_stays_with_all_that_was_to_go_with_it()
    {
        using var crew = new Crew(_files, 2);
        crew.Start();
        var session = crew.Catalog.Find(crew.Commit(1));
        var left = crew.Stage(2, [0]);

        var e = Assert.Throws<DataException>(() => crew.Catalog.Discard([(0, left[0].CommitId), (1, session.Ranks[1].CommitId)]));

        Assert.Contains($"{session.Id} of {Crew.Path} names", e.Message, StringComparison.Ordinal);
        Assert.True(_files.DirectoryExists(left[0].Directory));
    }

    [Fact]
    public void While_a_session_of_the_epoch_cannot_be_read_nobody_knows_what_it_names()
    {
        using var crew = new Crew(_files, 2);
        crew.Start();
        var file = $"{Crew.Path}/sessions/{crew.Commit(1)}.json";
        _files.DeleteFile(file);
        _files.Seed(file, "{"u8.ToArray());
        var left = crew.Stage(2);

        Assert.Throws<DataException>(() => crew.Catalog.Discard([(0, left[0].CommitId)]));
        Assert.True(_files.DirectoryExists(left[0].Directory));
    }

    [Fact]
    public void Who_has_been_superseded_deletes_nothing()
    {
        using var crew = new Crew(_files, 2);
        crew.Start();
        var left = crew.Stage(1);
        using var newer = new Crew(_files, 2, process: 2);
        newer.Start();

        Assert.Throws<FencedException>(() => crew.Catalog.Discard([(0, left[0].CommitId)]));
        Assert.True(_files.DirectoryExists(left[0].Directory));
    }

    [Fact]
    public void Who_is_superseded_meanwhile_puts_back_what_it_had_put_aside()
    {
        var wasAside = 0;
        for (var call = 0; call < 8; call++)
        {
            var files = new RecordingFiles("/data");
            var pausing = new PausingFiles(files);
            using var crew = new Crew(files, 2, coordinatorFiles: pausing);
            crew.Start();
            var left = crew.Stage(1)[0];
            using var newer = new Crew(files, 2, process: 2);
            pausing.PauseBefore(call, () =>
            {
                wasAside += files.DirectoryExists(left.Directory) ? 0 : 1;
                newer.Start();
            });

            var e = Record.Exception(() => crew.Catalog.Discard([(0, left.CommitId)]));

            Assert.True(e is null or FencedException, $"stopped before call {call}: {e}");
            Assert.Equal(e is not null, files.DirectoryExists(left.Directory));
        }

        Assert.InRange(wasAside, 1, 7);
    }

    [Theory]
    [InlineData("commit_x/states")]
    [InlineData("../../sessions")]
    public void A_name_that_is_none_leads_nowhere(string id)
    {
        using var crew = new Crew(_files, 2);
        crew.Start();
        Assert.Throws<DataException>(() => crew.Catalog.Discard([(0, id)]));
    }

    [Fact]
    public void What_could_not_be_deleted_goes_with_the_next_session()
    {
        using var crew = new Crew(_files, 2);
        crew.Start();
        var left = crew.Stage(1);
        _files.Plant(new Fault(1, Fault.EIO, "rename"));
        Assert.Throws<DurableIOException>(() => crew.Catalog.Discard([.. left.Select(row => (row.Rank, row.CommitId))]));
        Assert.True(_files.DirectoryExists(left[0].Directory));

        crew.Commit(2);

        Assert.All(left, row => Assert.False(_files.DirectoryExists(row.Directory)));
    }
}
