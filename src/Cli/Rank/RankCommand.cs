using System.CommandLine;
using Cairn.Actors.Ranks;
using Cairn.Cli.Run;

namespace Cairn.Cli.Rank;

/// <summary><c>cairn rank</c>: a process of ranks. Started by nodes, not by people.</summary>
internal static class RankCommand
{
    public static Command Build()
    {
        const string Purpose = "Become a process that steps ranks of a run; started by a node, never by hand.";
        var command = new Command("rank", Purpose) { Hidden = true };
        var libtorch = new Option<bool>(LocalLibtorch.Option) { Description = "Report the libtorch and devices of this machine, and end." };
        command.Add(libtorch);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(libtorch))
            {
                parsed.InvocationConfiguration.Output.WriteLine(LocalLibtorch.Load().Line);
                return;
            }

            // Its output goes to its node, which reports it as the run's warnings.
            var lines = new LineSink(parsed.InvocationConfiguration.Error);
            RankProcess.Run(Environment.GetEnvironmentVariable, new WarningLines(lines.WriteLine, withSupervision: false));
        });
        return command;
    }
}
