using System.CommandLine;
using Cairn.Cli.Run;
using Cairn.Cli.Tables;

namespace Cairn.Cli.Settings;

/// <summary><c>cairn check SPEC</c>: shows a spec's resolved settings, or all of its mistakes.</summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        var spec = new SpecArguments("The run's spec, a file in HOCON, JSON or YAML.");
        var command = new Command(
            "check", "Show every setting of SPEC with its value and where that comes from, or all mistakes; nothing is run.");
        var json = new JsonOption();
        spec.AddTo(command);
        json.AddTo(command);
        command.SetAction(parsed =>
        {
            var (settings, output) = (spec.Explain(parsed), parsed.InvocationConfiguration.Output);
            if (json.IsIn(parsed))
            {
                JsonOption.Write(output, new { Settings = settings.Select(s => new { s.Key, s.Value, s.From }) });
                return ExitCodes.Done;
            }

            var table = new TextTable("setting", "value", "from");
            foreach (var setting in settings)
                table.Add(setting.Key, setting.Value, setting.From);

            output.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }
}
