using System.CommandLine;
using Cairn.Actors.Remote;
using Cairn.Cli.Run;

namespace Cairn.Cli.Rank;

/// <summary><c>cairn rank</c>: becomes a process of ranks. Nodes start it, not people.</summary>
internal static class RankCommand
{
    public static Command Build()
    {
        const string Purpose = "Become a process that steps ranks of a run; started by a node, never by hand.";
        var command = new Command("rank", Purpose) { Hidden = true };
        command.SetAction(parsed =>
        {
            // What it prints reaches its node, which tells it as the run's warnings.
            var lines = new LineSink(parsed.InvocationConfiguration.Error);
            RankProcess.Run(Environment.GetEnvironmentVariable, new WarningLines(lines.WriteLine, withSupervision: false));
        });
        return command;
    }
}
