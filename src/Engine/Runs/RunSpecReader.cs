using System.Text.RegularExpressions;
using Cairn.Hocon;
using Cairn.Hocon.Values;
using Cairn.Storage.Durable;

namespace Cairn.Engine.Runs;

/// <summary>Reads a run's spec from HOCON.</summary>
public static partial class RunSpecReader
{
    /// <summary>
    /// Reads the spec in <paramref name="path"/>, with <paramref name="overrides"/> (each <c>key=value</c>, as after <c>--set</c>) on top.
    /// Input paths are relative to the file that states them, output and checkpoint paths (and everything in an override) to
    /// <paramref name="workingDirectory"/>, by default the process's own.
    /// </summary>
    /// <exception cref="RunSpecException">The spec has mistakes; all of them are listed.</exception>
    public static RunSpec Read(string path, IReadOnlyList<string>? overrides = null, string? workingDirectory = null)
    {
        var directory = Path.GetFullPath(workingDirectory ?? Directory.GetCurrentDirectory());
        var file = Path.GetFullPath(path, directory);
        if (PathFound.IsFolder(file))
        {
            throw new RunSpecException(path, [new SpecMistake(file, null, "", "a folder", "a spec, a file in HOCON or JSON")]);
        }

        try
        {
            var root = HoconReader.ReadFile(file, new HoconOptions { Overrides = overrides ?? [] });
            return Read(root, new SpecContext(file, file, directory, PathFound.IsFile));
        }
        catch (HoconException e) when (PathFound.IsFile(file) && Path.GetExtension(file) is ".yaml" or ".yml")
        {
            var mistake = new SpecMistake(file, null, "", "YAML, by its name", "HOCON or JSON (hocon/reference.conf shows every setting)");
            throw new RunSpecException(path, [mistake], e);
        }
        catch (HoconException e)
        {
            int? line = e.Line > 0 && e.Origin.File is not null ? e.Line : null;
            throw new RunSpecException(path, [new SpecMistake(e.File, line, "", e.Found, e.Expected)], e);
        }
    }

    /// <summary>Reads a spec from its resolved values.</summary>
    internal static RunSpec Read(HoconObject root, SpecContext context)
    {
        var reader = new SettingReader(root, context);
        SettingNames.CheckKnown(reader, SpecSetting.All);
        SettingNames.CheckBelonging(reader);
        var spec = ReadSettings(reader);
        SpecChecks.Check(reader, spec);
        if (reader.Mistakes.Count == 0)
        {
            return spec;
        }

        var ordered = reader.Mistakes.OrderBy(m => m.Line is null).ThenBy(m => m.Origin, StringComparer.Ordinal).ThenBy(m => m.Line);
        throw new RunSpecException(context.Source, [.. ordered]);
    }

    private static RunSpec ReadSettings(SettingReader reader)
    {
        const string name = "the run's name, made of letters, digits, '.', '_' and '-' (at most 100, a letter or digit first)";
        var initial = InitialReader.Read(reader, ModelReader.Kind(reader));
        var model = ModelReader.Read(reader, initial);
        var checkpoint = StorageReader.Checkpoint(reader, ModelReader.Kind(reader));
        return new RunSpec
        {
            Name = reader.Text("name", "", true, name, NamePattern().IsMatch),
            Initial = initial,
            Model = model,
            Diagnostics = DiagnosticReader.Read(reader, ModelReader.Outputs(model, initial)),
            LeadTimes = EnsembleReader.LeadTimes(reader),
            Ensemble = EnsembleReader.Ensemble(reader, initial),
            Ranks = EnsembleReader.Ranks(reader),
            Checkpoint = checkpoint,
            Output = StorageReader.Output(reader, checkpoint),
            Supervision = SupervisionReader.Read(reader),
            Rehearsal = RehearsalReader.Read(reader),
            Node = EnsembleReader.Node(reader),
            Placement = PlacementReader.Read(reader),
        };
    }

    // A name may become part of a file's name, so it is neither "." nor ".." nor an option.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
