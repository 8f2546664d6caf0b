using System.CommandLine;
using System.Diagnostics;
using Cairn.Actors;
using Cairn.Actors.Leases;
using Cairn.Actors.Nodes;
using Cairn.Cli.Run;
using Cairn.Cli.Services;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Cairn.Storage.Ledger;

namespace Cairn.Cli.Worker;

/// <summary><c>cairn worker</c>: offers this machine's slots to the runs of a ledger.</summary>
internal static class WorkerCommand
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10), LongestLeaving = TimeSpan.FromSeconds(30);

    public static Command Build()
    {
        var files = new ServiceFiles("worker.conf");
        var command = new Command("worker", "Start a worker: step batches of the ledger's runs here, until it is drained or asked to end.");
        files.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(files.Read(parsed), parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(ServiceSettings settings, InvocationConfiguration outputs)
    {
        var address = LedgerAddress.Parse(settings.Ledger.Address);
        var lines = new LineSink(outputs.Output);
        void Say(string line) => lines.WriteLine(Stamped(line));
        using var stop = new ServiceStop();
        var worker = settings.Worker;
        var limit = Limit(worker.Node);
        var ledger = await OpenAsync(address, Say, stop.Token).ConfigureAwait(false);
        if (ledger is null)
        {
            return ExitCodes.Done;
        }

        await using (ledger.ConfigureAwait(false))
        {
            var options = new WorkerOptions(
                WorkerIdentity.Of(worker.Name, worker.Node.Slots, worker.Labels), LeaseTimes.Of(worker.Lease),
                worker.Launcher == WorkerLauncher.InProcess, $"the ledger {address.Shown}");
            var node = new ClusterWorker(ledger, options, Say);
            await using (node.ConfigureAwait(false))
            {
                var devices = string.Join(", ", options.Node.Devices);
                Say($"worker {options.Node.NodeId}: {options.Node.Slots} slots ({devices}), ledger {address.Shown}");
                ServiceNotice.Ready(Environment.GetEnvironmentVariable);
                await UntilLeftAsync(node, worker, limit, Say, stop.Token).ConfigureAwait(false);
            }
        }

        return ExitCodes.Done;
    }

    private static string Stamped(string line) =>
        $"{TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} {line}";

    private static async Task UntilLeftAsync(
        ClusterWorker node, WorkerSettings settings, (DateTimeOffset At, string Reason)? limit, Action<string> say, CancellationToken stop)
    {
        var left = limit is { } end ? WallClock.Until(end.At, TimeProvider.System.GetUtcNow()) : Timeout.InfiniteTimeSpan;
        using var atLimit = new CancellationTokenSource(left);
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(stop, atLimit.Token);
        await Task.WhenAny(node.Left, Task.Delay(Timeout.Infinite, asked.Token)).ConfigureAwait(false);
        if (!node.Left.IsCompleted)
        {
            ServiceNotice.Stopping(Environment.GetEnvironmentVariable);
            node.Drain(stop.IsCancellationRequested ? "asked to end" : $"the wall-clock limit is near ({limit!.Value.Reason})");
            if (await Task.WhenAny(node.Left, Task.Delay(settings.DrainTimeout, CancellationToken.None)).ConfigureAwait(false) != node.Left)
            {
                say($"not all batches came to a boundary within node.drain-timeout ({settings.DrainTimeout.TotalSeconds:0} s): they are "
                    + "ended, and other nodes go on from their last sessions");
                node.Abandon();
            }
        }

        if (await Task.WhenAny(node.Left, Task.Delay(LongestLeaving, CancellationToken.None)).ConfigureAwait(false) != node.Left)
        {
            say("the node could not leave in order: its leases run out by themselves, and other nodes go on from its last sessions");
            return;
        }

        var drained = await node.Left.ConfigureAwait(false);
        say($"left: {drained.Reason}" + (drained.Abandoned > 0 ? $"; {drained.Abandoned} batches were not at a boundary" : ""));
    }

    private static (DateTimeOffset At, string Reason)? Limit(NodeSpec node)
    {
        using var process = Process.GetCurrentProcess();
        return WallClock.StopTime(node, Environment.GetEnvironmentVariable, process.StartTime);
    }

    /// <summary>A worker may be started before its database. Null when it was asked to end meanwhile.</summary>
    private static async Task<IRunLedger?> OpenAsync(LedgerAddress address, Action<string> say, CancellationToken stop)
    {
        for (var pause = TimeSpan.FromMilliseconds(500); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await address.OpenAsync(TimeProvider.System, stop).ConfigureAwait(false);
            }
            catch (TransientException e)
            {
                say($"waiting for the ledger: {e.Message}");
                await Task.WhenAny(Task.Delay(pause, stop)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return null;
            }

            if (stop.IsCancellationRequested)
            {
                return null;
            }
        }
    }
}
