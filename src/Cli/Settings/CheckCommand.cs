using System.CommandLine;
using Cairn.Cli.Run;
using Cairn.Cli.Tables;

namespace Cairn.Cli.Settings;

/// <summary><c>cairn check SPEC</c>: shows what a spec comes to, or all of its mistakes.</summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        var spec = new SpecArguments("The run's spec, a HOCON file.");
        var command = new Command(
            "check", "Show every setting of SPEC with its value and where that comes from, or all mistakes; nothing is run.");
        spec.AddTo(command);
        command.SetAction(parsed =>
        {
            var table = new TextTable("setting", "value", "from");
            foreach (var setting in spec.Explain(parsed))
            {
                table.Add(setting.Key, setting.Value, setting.From);
            }

            parsed.InvocationConfiguration.Output.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }
}
