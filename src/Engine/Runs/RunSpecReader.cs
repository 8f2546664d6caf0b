using Cairn.Hocon;

namespace Cairn.Engine.Runs;

/// <summary>Reads a run's spec from HOCON, JSON or YAML.</summary>
public static class RunSpecReader
{
    /// <summary>
    /// Reads the spec in <paramref name="path"/>, with <paramref name="overrides"/> (each <c>key=value</c>, as after <c>--set</c>) on top.
    /// Input paths are relative to the file that states them, output and checkpoint paths (and everything in an override) to
    /// <paramref name="workingDirectory"/>, by default the process's own.
    /// </summary>
    /// <exception cref="RunSpecException">The spec has mistakes; all of them are listed.</exception>
    public static RunSpec Read(string path, IReadOnlyList<string>? overrides = null, string? workingDirectory = null) =>
        Read(path, overrides, workingDirectory, (spec, _) => spec);

    /// <summary>Reads a spec in the same way; returns every setting that it has, with where its value comes from.</summary>
    /// <exception cref="RunSpecException">The spec has mistakes; all of them are listed.</exception>
    public static IReadOnlyList<ResolvedSetting> Explain(
        string path, IReadOnlyList<string>? overrides = null, string? workingDirectory = null) =>
        Read(path, overrides, workingDirectory, ResolvedSetting.Of);

    private static T Read<T>(string path, IReadOnlyList<string>? overrides, string? workingDirectory, Func<RunSpec, HoconObject, T> result)
    {
        var directory = Path.GetFullPath(workingDirectory ?? Directory.GetCurrentDirectory());
        var file = Path.GetFullPath(path, directory);
        if (PathFound.IsFolder(file))
            throw new RunSpecException(path, [new SpecMistake(file, null, "", "a folder", "a spec, a file in HOCON, JSON or YAML")]);
        try
        {
            var root = HoconReader.ReadFile(file, new HoconOptions { Overrides = overrides ?? [] });
            return result(Read(root, new SpecContext(file, file, directory, PathFound.IsFile)), root);
        }
        catch (HoconException e)
        {
            throw RunSpecException.Of(path, e);
        }
    }

    /// <summary>Reads a spec from its resolved values.</summary>
    internal static RunSpec Read(HoconObject root, SpecContext context)
    {
        var reader = new SettingReader(root, context);
        RunSettings.RequireExtensions(reader);
        RequireNone(reader);
        SettingNames.CheckKnown(reader, RunSettings.All);
        SettingNames.CheckBelonging(reader, RunSettings.All);
        var spec = RunSettings.Read(reader);
        SpecChecks.Check(reader, spec);
        RequireNone(reader);
        return spec;
    }

    private static void RequireNone(SettingReader reader)
    {
        if (reader.Mistakes.Count == 0)
            return;
        var ordered = reader.Mistakes.OrderBy(m => m.Line is null).ThenBy(m => m.Origin, StringComparer.Ordinal).ThenBy(m => m.Line);
        throw new RunSpecException(reader.Context.Source, [.. ordered]);
    }
}

/// <summary>What a spec's text is read against.</summary>
/// <param name="Source">What to call the spec where no line is at fault.</param>
/// <param name="SpecFile">The spec's own file, which no output may swallow, or null when there is none.</param>
/// <param name="WorkingDirectory">The absolute folder that output paths are relative to.</param>
/// <param name="FileExists">Asks whether a file is there, or null to take that on trust.</param>
/// <param name="Rules">What the spec may ask for, or null where it comes from this machine's own user, who may ask for anything.</param>
internal sealed record SpecContext(
    string Source, string? SpecFile, string WorkingDirectory, Func<string, bool>? FileExists, SubmissionRules? Rules = null);
