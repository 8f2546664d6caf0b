using System.CommandLine;
using Cairn.Cli.Branch;
using Cairn.Cli.Checkpoints;
using Cairn.Cli.Derive;
using Cairn.Cli.Diff;
using Cairn.Cli.Doctor;
using Cairn.Cli.Manual;
using Cairn.Cli.Picture;
using Cairn.Cli.Rank;
using Cairn.Cli.Remote;
using Cairn.Cli.Run;
using Cairn.Cli.Seed;
using Cairn.Cli.Settings;
using Cairn.Cli.Status;
using Cairn.Cli.VerifyForecast;
using Cairn.Cli.Worker;
using Spectre.Console;

namespace Cairn.Cli;

/// <summary>The tree of commands.</summary>
public static class CairnCommand
{
    /// <summary>Builds the tree; results and live displays go to <paramref name="console"/>.</summary>
    public static RootCommand Build(IAnsiConsole console)
    {
        var root = new RootCommand("Checkpointed rollouts of weather models: whatever dies, the run ends with the same bytes.")
        {
            RunCommand.Build(console),
            InitCommand.Build(),
            CheckCommand.Build(),
            ReferenceCommand.Build(),
            RankCommand.Build(),
            SeedCommand.Build(),
            SubmitCommand.Build(),
            StatusCommand.Build(console),
            TellCommands.Cancel(),
            TellCommands.Retry(),
            TellCommands.Pause(),
            TellCommands.Resume(),
            TellCommands.Checkpoint(),
            TellCommands.Drain(),
            EventsCommand.Build(),
            EventsCommand.BuildLogs(),
            NodesCommand.Build(),
            BranchCommand.Build(),
            CheckpointsCommand.Build(),
            DeriveCommand.Build(),
            DiffCommand.Build(),
            PictureCommand.Build(),
            VerifyForecastCommand.Build(),
            WorkerCommand.Build(),
            DoctorCommand.Build(),
            CompletionCommand.Build(),
            ManCommand.Build(),
        };
        OptionalArguments.ShowIn(root);
        return root;
    }
}
