using System.Globalization;
using System.Net;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>A gang whose ranks are processes that an MPI's launcher started, as their node sees it. It ends as a whole.</summary>
internal sealed class MpiGang : IGang
{
    /// <summary>How long processes may take to end by themselves, before they are killed; and then, before they are out of reach.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long a failure that is perhaps another's consequence waits for what the launcher has to say.</summary>
    private static readonly TimeSpan ForTheCause = TimeSpan.FromSeconds(2);
    private readonly object _gate = new();
    private readonly RunParts _run;
    private readonly GangStart _start;
    private readonly Action<RankReport> _report;
    private readonly GangProgress _progress;
    private readonly ControlListener _listener;
    private readonly ProcessOutput _output;
    private readonly ChildProcess _launcher;
    private readonly List<MpiPlace> _places = [];
    private readonly Outbox[] _outboxes;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _ending;
    private bool _failed;
    private bool _isLost;

    public MpiGang(RunParts run, GangStart start, Action<RankReport> report, RankProgram program, IPAddress address)
    {
        (_run, _start, _report) = (run, start, report);
        var ranks = run.Spec.Ranks;
        _progress = new GangProgress(ranks.Count, start.Boundary);
        _outboxes = [.. Enumerable.Range(0, ranks.Count).Select(_ => new Outbox())];
        foreach (var outbox in _outboxes)
        {
            outbox.Post(new WireMessage.Start(0, start));
        }

        _listener = new ControlListener(address, run.Options.Time);
        var words = program.Under(ranks.Command, ranks.Count.ToString(CultureInfo.InvariantCulture));
        Launcher = Path.GetFileName(words[0]);
        _output = new ProcessOutput(run.Observer, Launcher);
        var environment = new Dictionary<string, string>(
            MpiEnvironment.Of(Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess));
        foreach (var (name, value) in _listener.Environment)
        {
            environment[name] = value;
        }

        _launcher = ChildProcess.Start(words, environment, _output.Say, run.Options.Time);
        _ = _listener.AcceptAsync(ServeAsync);
        _ = WatchAsync();
    }

    /// <summary>Completes when all its processes have ended, or are out of reach.</summary>
    public Task Gone => _gone.Task;

    private string Launcher { get; }

    public void Tell(int rank, RankOrder order) => _outboxes[rank].Post(new WireMessage.Order(0, rank, order));

    public Task StopAsync() => EndAsync(new WireMessage.Stop(0));

    /// <summary>After ranks that have ended as they should, their processes go as well.</summary>
    public void Dispose() => _ = EndAsync(new WireMessage.Bye());

    // ------------------------------------------------------------------------------------------------------ from its processes

    private async Task ServeAsync(WireConnection connection, WireMessage.Hello hello)
    {
        var place = new MpiPlace(connection, hello);
        lock (_gate)
        {
            _places.Add(place);
        }

        await connection.SendAsync(RunSetup.Of(_run, overMpi: true)).ConfigureAwait(false);
        try
        {
            while (await connection.ReceiveAsync().ConfigureAwait(false) is { } message)
            {
                Take(place, message);
            }
        }
        catch (DataException e)
        {
            Fail(Failure(FailureKind.Process, $"{place}: {e.Message}", place.Rank));
        }

        connection.Dispose();
        place.Close();
        OnGone(place);
    }

    private void Take(MpiPlace place, WireMessage message)
    {
        switch (message)
        {
            case WireMessage.Joined joined:
                Join(place, joined);
                break;
            case WireMessage.Unfit unfit:
                Fail(unfit.Failure);
                break;
            case WireMessage.Report { Said: RankReport.Failed failed }:
                _ = FailLaterAsync(failed.Failure, failed.Steps);
                break;
            case WireMessage.Report report:
                _progress.Note(report.Said);
                _report(report.Said);
                break;
        }
    }

    private void Join(MpiPlace place, WireMessage.Joined joined)
    {
        var count = _run.Spec.Ranks.Count;
        if (joined.Size != count)
        {
            Fail(new GangFailure(FailureKind.Permanent, string.Create(
                CultureInfo.InvariantCulture,
                $"{Launcher} was to start {count} ranks, and MPI tells one of them that it is rank {joined.Rank} of {joined.Size}. ")
                + $"Cairn's MPI shim was built for {joined.Library}, and {Launcher} probably belongs to another: give that one's launcher "
                + "in ranks.command, or build the shim with the compiler of this one (CAIRN_MPICC)."));
            return;
        }

        bool isTaken;
        lock (_gate)
        {
            isTaken = _places.Exists(p => p.Rank == joined.Rank);
            place.Rank = joined.Rank;
        }

        if (isTaken)
        {
            Fail(new GangFailure(FailureKind.Permanent, string.Create(
                CultureInfo.InvariantCulture, $"two processes came as rank {joined.Rank}, {place} among them; look at ranks.command")));
            return;
        }

        _ = _outboxes[joined.Rank].PumpAsync(place.Connection);
    }

    /// <summary>A socket has closed: the process has ended.</summary>
    private void OnGone(MpiPlace place)
    {
        if (place.Rank is not { } rank)
        {
            Lose($"{place} has ended before it was a rank", null);
        }
        else if (!_progress.Ended(rank))
        {
            Lose(string.Create(CultureInfo.InvariantCulture, $"rank {rank} ({place}) has ended"), rank);
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            _ = await _launcher.Exit.ConfigureAwait(false);
            if (!_progress.HasEnded)
            {
                // What ranks said before that comes first, so that a step's own failure is told by itself.
                await Task.WhenAny(AllGone(), Task.Delay(ForTheCause, _run.Options.Time)).ConfigureAwait(false);
                Lose("the ranks have lost their launcher", null);
            }
        }
        catch (SpecException e)
        {
            Fail(RankFailures.Of(e));
        }
    }

    // ------------------------------------------------------------------------------------------------------------- its failures

    /// <summary>
    /// A process that has died takes the gang with it. The first counts; the others are told to go, so that the launcher ends and says what
    /// it has seen of the first.
    /// </summary>
    private void Lose(string what, int? rank)
    {
        lock (_gate)
        {
            if (_isLost || _ending is not null)
            {
                return;
            }

            _isLost = true;
        }

        foreach (var outbox in _outboxes)
        {
            outbox.Post(new WireMessage.Stop(0));
        }

        _ = FailLaterAsync(Failure(FailureKind.Process, what, rank), 0);
    }

    /// <summary>
    /// MPI reports the absence of a rank as an error of its neighbours, perhaps before its socket tells: such failures wait for a better
    /// one.
    /// </summary>
    private async Task FailLaterAsync(GangFailure failure, long steps)
    {
        if (failure.Kind is FailureKind.Process or FailureKind.Machine)
        {
            await Task.WhenAny(_launcher.Exit, Task.Delay(ForTheCause, _run.Options.Time)).ConfigureAwait(false);
        }

        if (failure.Kind == FailureKind.Process && _launcher.Exit is { IsCompletedSuccessfully: true, Result: var exit })
        {
            failure = failure with { Cause = $"{failure.Cause}; {Launcher} {exit.DescribeLauncher()}" };
        }

        Fail(failure, steps);
    }

    private GangFailure Failure(FailureKind kind, string cause, int? rank) => new(kind, cause)
    {
        Rank = rank,
        Boundary = _progress.Next,
        LostProcess = string.Create(CultureInfo.InvariantCulture, $"ranks of epoch {_start.Epoch} on {Environment.MachineName}"),
    };

    private void Fail(GangFailure failure, long steps = 0)
    {
        lock (_gate)
        {
            if (_ending is not null)
            {
                // Whatever ends now was told to.
                return;
            }

            _failed = true;
        }

        _report(new RankReport.Failed(failure.Rank ?? 0, failure, Math.Max(steps, _progress.Steps)));
    }

    // ------------------------------------------------------------------------------------------------------------------ its end

    private Task EndAsync(WireMessage last)
    {
        lock (_gate)
        {
            return _ending ??= EndProcessesAsync(last);
        }
    }

    private async Task EndProcessesAsync(WireMessage last)
    {
        // Not under the lock that the caller holds.
        await Task.Yield();
        if (_failed || last is WireMessage.Stop)
        {
            _output.Silence();
        }

        _listener.Dispose();
        foreach (var outbox in _outboxes)
        {
            outbox.Close(last);
        }

        // Those that have no rank yet hear nothing; without their socket they end.
        Places().FindAll(place => place.Rank is null).ForEach(place => place.Connection.Dispose());
        try
        {
            await LeaveNobodyAsync().ConfigureAwait(false);
        }
        finally
        {
            Places().ForEach(place => place.Connection.Dispose());
            _gone.TrySetResult();
        }
    }

    private async Task LeaveNobodyAsync()
    {
        if (await HaveEndedAsync().ConfigureAwait(false))
        {
            return;
        }

        Places().ForEach(place => place.Kill());
        _launcher.Kill();
        if (!await HaveEndedAsync().ConfigureAwait(false))
        {
            throw new TransientException($"{string.Join(", ", Places().FindAll(place => !place.Gone.IsCompleted))} of {_start.Batch} "
                + "did not end within ten seconds of being told to; the next gang fences what it may still write.");
        }
    }

    private async Task<bool> HaveEndedAsync()
    {
        var ended = Task.WhenAll(LauncherGone(), AllGone());
        return await Task.WhenAny(ended, Task.Delay(Grace, _run.Options.Time)).ConfigureAwait(false) == ended;
    }

    private Task AllGone() => Task.WhenAll(Places().Select(place => place.Gone));

    /// <summary>A launcher that never started is gone as well.</summary>
    private Task LauncherGone() => _launcher.Exit.ContinueWith(
        static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private List<MpiPlace> Places()
    {
        lock (_gate)
        {
            return [.. _places];
        }
    }
}
