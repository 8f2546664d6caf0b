using System.CommandLine;
using Cairn.Engine.Settings;
using Cairn.Hocon;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Settings;

/// <summary><c>cairn init FILE</c>: writes a spec to start from.</summary>
internal static class InitCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("FILE") { Description = "The spec to write, such as winds.conf; the run is named after it." };
        var model = new Option<string>("--model")
        {
            Description = "The kind of model, by default one that runs without further settings.", HelpName = "KIND",
            DefaultValueFactory = _ => "spherical-shallow-water",
        };
        model.AcceptOnlyFromAmong([.. SpecDraft.Models]);
        var source = new Option<string?>("--source")
        {
            Description = "Where the initial condition comes from; by default the model itself if it has initial states, else netcdf.",
            HelpName = "KIND",
        };
        source.AcceptOnlyFromAmong([.. SpecDraft.Sources]);
        var command = new Command("init", "Write a first spec: required settings, and the rest as comments.")
        {
            file, model, source,
        };
        var json = new JsonOption();
        json.AddTo(command);
        command.SetAction(parsed =>
        {
            var path = Path.GetFullPath(parsed.GetRequiredValue(file));
            if (PathFound.IsFile(path) || PathFound.IsFolder(path))
                throw new SpecException($"{path} exists already and is not changed. Name another file.");

            if (HoconReader.IsYaml(path))
            {
                throw new SpecException($"{path} is YAML by its name; {ProgramName.Value} init writes HOCON. Name a file such as "
                    + $"{Path.GetFileNameWithoutExtension(path)}.conf.");
            }

            var (kind, name) = (parsed.GetRequiredValue(model), Path.GetFileNameWithoutExtension(path));
            var from = parsed.GetValue(source) ?? SpecDraft.SourceOf(kind);
            File.WriteAllText(path, SpecDraft.Render(name, kind, from));
            var (shown, output) = (parsed.GetRequiredValue(file), parsed.InvocationConfiguration.Output);
            if (json.IsIn(parsed))
            {
                JsonOption.Write(output, new { Spec = path, Name = name, Model = kind, Source = from });
            }
            else
            {
                output.WriteLine(
                    $"{shown} is written. Look at it, then: {ProgramName.Value} check {shown}, and {ProgramName.Value} run {shown}");
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
