using System.CommandLine;
using Cairn.Cli.Run;
using Cairn.Cli.Services;
using Cairn.Cli.Status;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Branch;

/// <summary><c>cairn branch RUN@ROW NEW</c>: starts a new run from a session of an old one.</summary>
internal static class BranchCommand
{
    public static Command Build()
    {
        var from = new Argument<string>("RUN@ROW")
        {
            Description = "The old run's folder, and where to start: a lead time (@120h), a row (@-1, @3), or a session's name.",
        };
        var to = new Argument<string>("NEW")
        {
            Description = "The new run's folder, on the same file system; its last part becomes its name.",
        };
        var set = SetOption.Create("A setting that differs from the old run");
        const string what = "Start a new run from a session of an old one; files are linked, not copied.";
        var command = new Command("branch", what) { from, to, set };
        var json = new JsonOption();
        json.AddTo(command);
        command.SetAction(parsed =>
        {
            var (run, row) = Split(parsed.GetRequiredValue(from));
            var (spec, leadTime) = RunBranch.Create(
                RunFolders.Find(run), row, parsed.GetRequiredValue(to), parsed.GetValue(set) ?? [], new RunOptions());
            var output = parsed.InvocationConfiguration.Output;
            if (json.IsIn(parsed))
            {
                var made = new { Run = parsed.GetRequiredValue(to), From = run, LeadTime = JsonOption.Duration(leadTime), Spec = spec };
                JsonOption.Write(output, made);
                return ExitCodes.Done;
            }

            output.WriteLine($"{parsed.GetRequiredValue(to)} starts from {run} at lead time {LeadTimeText.Of(leadTime)}");
            output.WriteLine("next:");
            output.WriteLine($"  {ProgramName.Value} run {ShellText.Quote(Path.GetRelativePath(Directory.GetCurrentDirectory(), spec))}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static (string Run, string Row) Split(string text)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && at < text.Length - 1
            ? (text[..at], text[(at + 1)..])
            : throw new SpecException($"'{text}' does not say where to start; expected RUN@ROW, such as out/january-winds@120h "
                + "or out/january-winds@-1.");
    }
}
