using System.CommandLine;
using Cairn.Api.Server;
using Cairn.Cli.Run;
using Cairn.Cli.Services;
using Cairn.Engine.Settings;
using Cairn.Storage.Ledger;

namespace Cairn.Cli.Seed;

/// <summary><c>cairn seed</c>: takes runs over HTTP, and enters them into the ledger.</summary>
internal static class SeedCommand
{
    public static Command Build()
    {
        var files = new ServiceFiles("seed.conf");
        var command = new Command("seed", "Start a seed: take runs over HTTP, enter them into the ledger for workers, tell how they fare.");
        files.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(files.Read(parsed), parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(ServiceSettings settings, InvocationConfiguration outputs)
    {
        var address = LedgerAddress.Parse(settings.Ledger.Address);
        using var stop = new ServiceStop();
        var lines = new LineSink(outputs.Error);
        var host = await SeedHost.StartAsync(
            settings.Seed, cancel => address.OpenAsync(TimeProvider.System, cancel), Environment.GetEnvironmentVariable,
            TimeProvider.System, logging => LineLogging.Apply(logging, lines)).ConfigureAwait(false);
        await using (host.ConfigureAwait(false))
        {
            var output = new LineSink(outputs.Output);
            output.WriteLine($"seed at {host.Address.GetLeftPart(UriPartial.Authority)}, ledger {address.Shown}");
            await UntilAsync(host.Ready, stop.Token).ConfigureAwait(false);
            if (!stop.Token.IsCancellationRequested)
            {
                output.WriteLine("ready");
                ServiceNotice.Ready(Environment.GetEnvironmentVariable);
                await UntilAsync(Task.Delay(Timeout.Infinite, stop.Token), stop.Token).ConfigureAwait(false);
            }

            ServiceNotice.Stopping(Environment.GetEnvironmentVariable);
        }

        return ExitCodes.Done;
    }

    private static async Task UntilAsync(Task task, CancellationToken stop)
    {
        try
        {
            await task.WaitAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process was asked to end.
        }
    }
}
