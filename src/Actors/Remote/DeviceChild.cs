using System.Globalization;
using System.Net;
using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>
/// The child process that steps a run's batches on a device, as its parent sees it. It is started once; when it ends, all gangs in it have
/// failed, and whoever launches the next gang starts another one.
/// </summary>
internal sealed class DeviceChild : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private readonly object _gate = new();
    private readonly Dictionary<int, ChildGang> _gangs = [];
    private readonly RunParts _run;
    private readonly ControlListener _listener;
    private readonly ChildProcess _process;
    private readonly Outbox _outbox = new();
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _number;
    private bool _admitted;
    private bool _over;
    private bool _dismissed;
    private ChildGang? _hung;

    /// <param name="run">The run.</param>
    /// <param name="program">What becomes the child.</param>
    /// <param name="number">Which of the run's children it is.</param>
    public DeviceChild(RunParts run, RankProgram program, int number)
    {
        (_run, _number) = (run, number);
        _listener = new ControlListener(IPAddress.Loopback, run.Options.Time);
        _outbox.Post(RunSetup.Of(run, overMpi: false));
        var parent = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var environment = new Dictionary<string, string>(_listener.Environment) { [RankEnvironment.ParentVariable] = parent };
        var output = new ProcessOutput(run.Observer, "child process");
        _process = ChildProcess.Start(program.Words, environment, output.Say, run.Options.Time);
        Gone = LiveAsync();
    }

    /// <summary>Completes when the process has ended and all its gangs know.</summary>
    public Task Gone { get; }

    /// <summary>Takes a gang in and starts it; false when the process has ended.</summary>
    public bool TryAdd(ChildGang gang, GangStart start)
    {
        lock (_gate)
        {
            if (_over || _dismissed)
            {
                return false;
            }

            _gangs.Add(gang.Number, gang);
        }

        _outbox.Post(new WireMessage.Start(gang.Number, start));
        return true;
    }

    /// <summary>Forgets a gang that has ended.</summary>
    public void Remove(ChildGang gang)
    {
        lock (_gate)
        {
            _gangs.Remove(gang.Number);
        }
    }

    /// <summary>Tells the process something, once it can hear.</summary>
    public void Post(WireMessage message) => _outbox.Post(message);

    /// <summary>Kills the process, because a gang in it does not end; the gangs beside it have done nothing to deserve it.</summary>
    public Task KillAsync(ChildGang hung)
    {
        lock (_gate)
        {
            _hung ??= hung;
        }

        _process.Kill();
        return Gone;
    }

    /// <summary>Ends the process: no gang is in it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _dismissed = true;
        }

        _outbox.Close(new WireMessage.Bye());
        await Task.WhenAny(Gone, Task.Delay(Grace, _run.Options.Time)).ConfigureAwait(false);
        _process.Kill();
        await Gone.ConfigureAwait(false);
        _listener.Dispose();
    }

    private async Task LiveAsync()
    {
        _ = _listener.AcceptAsync(ServeAsync);
        GangFailure failure;
        try
        {
            var exit = await _process.Exit.ConfigureAwait(false);
            var pid = await _process.Pid.ConfigureAwait(false);
            var name = string.Create(CultureInfo.InvariantCulture, $"child process {pid}");
            failure = new GangFailure(FailureKind.Process, $"{name} {exit.Describe()}")
            {
                LostProcess = string.Create(CultureInfo.InvariantCulture, $"{name} on {Environment.MachineName}, number {_number}"),
            };
        }
        catch (SpecException e)
        {
            failure = RankFailures.Of(e);
        }

        _listener.Dispose();
        if (_admitted)
        {
            // What it said before it ended comes first.
            await Task.WhenAny(_served.Task, Task.Delay(Grace, _run.Options.Time)).ConfigureAwait(false);
        }

        End(failure);
    }

    /// <summary>The gangs that had something in hand count it as theirs; where none had, who knows: all do.</summary>
    private void End(GangFailure failure)
    {
        List<ChildGang> gangs;
        lock (_gate)
        {
            _over = true;
            gangs = [.. _gangs.Values];
        }

        var suspects = gangs.Where(gang => _hung is null ? !gang.Progress.IsIdle : gang == _hung).ToList();
        foreach (var gang in gangs)
        {
            gang.Lose(suspects.Count == 0 || suspects.Contains(gang) ? failure : failure with { LostProcess = null, IsBystander = true });
        }
    }

    private async Task ServeAsync(WireConnection connection, WireMessage.Hello hello)
    {
        lock (_gate)
        {
            if (_admitted)
            {
                return;
            }

            _admitted = true;
        }

        _ = _outbox.PumpAsync(connection);
        try
        {
            while (await connection.ReceiveAsync().ConfigureAwait(false) is { } message)
            {
                Take(message);
            }
        }
        catch (DataException e)
        {
            _run.Observer.On(new RunWarning($"child process {hello.Pid}: {e.Message}"));
        }

        connection.Dispose();
        _served.SetResult();
        // A child without its socket ends by itself; one that is stopped or stuck does not.
        await Task.WhenAny(_process.Exit, Task.Delay(Grace, _run.Options.Time)).ConfigureAwait(false);
        _process.Kill();
    }

    private void Take(WireMessage message)
    {
        switch (message)
        {
            case WireMessage.Report report when Find(report.Gang) is { } gang:
                gang.Hear(report.Said);
                break;
            case WireMessage.Stopped stopped when Find(stopped.Gang) is { } gang:
                gang.HearStopped(stopped.Clean);
                break;
        }
    }

    private ChildGang? Find(int number)
    {
        lock (_gate)
        {
            return _gangs.GetValueOrDefault(number);
        }
    }
}
