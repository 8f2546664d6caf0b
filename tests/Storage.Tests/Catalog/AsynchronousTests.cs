using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Catalog;

public sealed class AsynchronousTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void Write_returns_before_the_commit_and_later_changes_do_not_enter_it()
    {
        using var gate = new GatedFiles(_files);
        var catalog = new TestCatalog(gate);
        using (var session = Open(catalog))
        {
            var state = session.Bind(new WindState { Step = 1, U = TestCatalog.Wind(1).U }).Value;

            Assert.Null(session.Write(TestCatalog.LeadTime(1)));
            Assert.False(session.Exists);
            (state.Step, state.U!.AsSpan<double>()[0]) = (2, 99);
            gate.Open();
            session.Drain();

            Assert.Equal(1, session.Row!.WriteCount);
        }

        using var restored = catalog.Checkpoint().Open();
        var wind = restored.Bind(new WindState()).Value;
        Assert.Equal((1, 1.0), (wind.Step, wind.U!.AsSpan<double>()[0]));
    }

    [Fact]
    public async Task The_next_due_write_waits_for_the_commit_in_flight()
    {
        using var gate = new GatedFiles(_files);
        var catalog = new TestCatalog(gate);
        using var session = Open(catalog);
        var committed = new List<int>();
        session.Committed += row => committed.Add(row.WriteCount);
        session.Write(TestCatalog.LeadTime(1));
        Assert.True(gate.Reached.Wait(Patience));

        int? before = null;
        var second = Task.Factory.StartNew(
            () => session.Write(TestCatalog.LeadTime(2), () => before = session.Row?.WriteCount), TaskCreationOptions.LongRunning);
        gate.Open();
        await second.WaitAsync(Patience);

        session.Drain();
        Assert.Equal(1, before);
        Assert.Equal([1, 2], committed);
        Assert.Equal(session.Row!.Parent, catalog.Checkpoint().Rows[0].CommitId);
    }

    [Fact]
    public void A_later_step_never_enters_the_commit_in_flight_through_a_reused_buffer()
    {
        using var gate = new GatedFiles(_files);
        var catalog = new TestCatalog(gate);
        using var session = Open(catalog);
        var state = session.Bind(new WindState { Step = 1, U = TestCatalog.Wind(1).U }).Value;
        gate.Open();
        session.Write(TestCatalog.LeadTime(1));
        session.Drain();
        gate.Close();
        (state.Step, state.U) = (2, TestCatalog.Wind(2).U);
        session.Write(TestCatalog.LeadTime(2));
        Assert.True(gate.Reached.Wait(Patience));
        (state.Step, state.U) = (3, TestCatalog.Wind(3).U);

        var third = new Thread(() => session.Write(TestCatalog.LeadTime(3)));
        third.Start();
        // It waits for the commit in flight; had it copied the state before, the copy would be made by now.
        Assert.True(SpinWait.SpinUntil(() => third.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience));
        gate.Open();
        third.Join();
        session.Drain();

        var rows = catalog.Checkpoint().Rows;
        Assert.Equal(3, rows.Count);
        for (var step = 1; step <= 3; step++)
        {
            using var restored = catalog.Checkpoint().Select(step - 1);
            Assert.Equal(TestCatalog.Wind(step).U!.Data.ToArray(), restored.Bind(new WindState()).Value.U!.Data.ToArray());
        }
    }

    [Fact]
    public void A_failed_commit_is_reported_at_the_next_call_and_stays_pending()
    {
        var catalog = new TestCatalog(_files);
        using var session = Open(catalog);
        _files.Plant(new Fault(1, Fault.EIO, "fsync"));
        session.Write(TestCatalog.LeadTime(1));

        Assert.Throws<DurableIOException>(session.Drain);
        Assert.False(session.Exists);
        _files.Heal();
        session.Drain();
        session.Flush();
        session.Drain();

        Assert.Equal(TimeSpan.FromHours(1), session.LeadTime);
    }

    [Fact]
    public void A_failure_found_by_the_next_write_is_thrown_before_anything_is_counted()
    {
        var catalog = new TestCatalog(_files);
        using var session = Open(catalog);
        _files.Plant(new Fault(1, Fault.EIO, "fsync"));
        session.Write(TestCatalog.LeadTime(1));

        Assert.Throws<DurableIOException>(() => session.Write(TestCatalog.LeadTime(2)));

        Assert.Equal(1, session.WriteCount);
        session.Write(TestCatalog.LeadTime(2));
        session.Drain();
        Assert.Equal((2, TimeSpan.FromHours(2)), (session.Row!.WriteCount, session.LeadTime));
    }

    [Fact]
    public void The_row_is_told_after_it_is_durable_and_in_the_index()
    {
        var catalog = new TestCatalog(_files);
        using var session = Open(catalog);
        var told = new List<(int Thread, bool Indexed)>();
        session.Committed += row => told.Add(
            (Environment.CurrentManagedThreadId, CatalogIndex.CommitIds(_files, TestCatalog.Path).Contains(row.CommitId)));

        session.Write(TestCatalog.LeadTime(1));
        session.Drain();

        var (thread, indexed) = Assert.Single(told);
        Assert.True(indexed);
        Assert.NotEqual(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public void A_failure_that_nobody_asked_for_becomes_a_warning_at_the_end()
    {
        var catalog = new TestCatalog(_files);
        var session = Open(catalog);
        _files.Plant(new Fault(1, Fault.EIO, "fsync"));
        session.Write(TestCatalog.LeadTime(1));
        session.Dispose();

        Assert.Contains("fsync failed", Assert.Single(catalog.Warnings).Defect, StringComparison.Ordinal);
    }

    [Fact]
    public void What_belongs_to_the_session_is_made_durable_by_the_staging_thread()
    {
        var catalog = new TestCatalog(_files);
        using var session = Open(catalog);
        var thread = 0;
        session.Write(TestCatalog.LeadTime(1), () => thread = Environment.CurrentManagedThreadId);
        session.Drain();

        Assert.NotEqual(0, thread);
        Assert.NotEqual(Environment.CurrentManagedThreadId, thread);
    }

    private static CheckpointSession Open(TestCatalog catalog) =>
        catalog.Checkpoint(o => o with { Staging = CheckpointStaging.Asynchronous }).Open();

    /// <summary>Holds up the first file that is created until the test opens the gate.</summary>
    private sealed class GatedFiles(IDurableFiles inner) : PassingFiles(inner), IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();

        public ManualResetEventSlim Reached { get; } = new();

        public void Open() => _gate.Set();

        public void Close()
        {
            Reached.Reset();
            _gate.Reset();
        }

        public override IDurableFile Create(string path)
        {
            Reached.Set();
            return _gate.Wait(Patience) ? base.Create(path) : throw new TimeoutException("The test never opened the gate.");
        }

        public void Dispose()
        {
            _gate.Dispose();
            Reached.Dispose();
        }
    }
}
