using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Commits at the boundaries that somebody else chooses.</summary>
public sealed class RequestedCommitTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void A_requested_commit_is_the_one_that_a_due_write_makes()
    {
        var due = Written(new TestCatalog(_files).Checkpoint(o => o with { FlushInterval = 3, Path = "/data/due" }), request: false);
        var asked = Written(new TestCatalog(_files).Checkpoint(o => o with { FlushInterval = null, Path = "/data/asked" }), request: true);

        Assert.Equal([3, 6], due.Select(r => r.WriteCount));
        Assert.Equal(due.Select(Told), asked.Select(Told));
        Assert.Equal(due.Select(Manifest), asked.Select(Manifest));
    }

    [Fact]
    public void Without_an_interval_and_a_request_nothing_commits()
    {
        using var session = new TestCatalog(_files).Checkpoint(o => o with { FlushInterval = null }).Open();
        Assert.All(Enumerable.Range(1, 20), step => Assert.Null(session.Write(TestCatalog.LeadTime(step))));
        Assert.False(session.FlushDue);
        session.RequestCommit();
        Assert.True(session.FlushDue);
        Assert.Equal(21, session.Write(TestCatalog.LeadTime(21))!.WriteCount);
        Assert.False(session.FlushDue);
    }

    [Fact]
    public void A_request_stands_until_a_write_has_met_it()
    {
        using var session = new TestCatalog(_files).Checkpoint(o => o with { FlushInterval = null }).Open();
        session.RequestCommit();
        Assert.Throws<InvalidOperationException>(() => session.Write(null, () => throw new InvalidOperationException("no output")));
        Assert.True(session.FlushDue);
        Assert.Equal(1, session.Write()!.WriteCount);
    }

    private byte[] Manifest(CheckpointRow row) => _files.ReadAll(row.Directory + "/manifest.json");
    private static (int, TimeSpan?, string?, long?) Told(CheckpointRow row) => (row.WriteCount, row.LeadTime, row.Parent, row.Sequence);

    private static List<CheckpointRow> Written(Checkpoint checkpoint, bool request)
    {
        using var session = checkpoint.Open();
        var state = session.Bind(new WindState()).Value;
        var rows = new List<CheckpointRow>();
        for (var step = 1; step <= 7; step++)
        {
            (state.Step, state.U) = (step, TestCatalog.Wind(step).U);
            if (request && step % 3 == 0)
                session.RequestCommit();

            Assert.Equal(step % 3 == 0, session.FlushDue);
            rows.AddRange(session.Write(TestCatalog.LeadTime(step)) is { } row ? [row] : []);
        }

        return rows;
    }
}
