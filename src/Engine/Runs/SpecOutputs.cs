namespace Cairn.Engine.Runs;

/// <summary>Moves everything that a run writes into one folder (<c>--out</c>).</summary>
public static class SpecOutputs
{
    private const string Checkpoints = "checkpoint.path";

    /// <summary>
    /// What has a spec's checkpoints, fields, derived files and picture in one folder, under the names that they have; a path of
    /// <paramref name="overrides"/> stays.
    /// </summary>
    /// <param name="path">The spec.</param>
    /// <param name="overrides">Each <c>key=value</c>.</param>
    /// <param name="folder">The folder, relative to the working directory; null to leave everything where the spec says.</param>
    /// <returns>The overrides to read the spec with.</returns>
    /// <exception cref="RunSpecException">The spec has mistakes.</exception>
    public static IReadOnlyList<string> Move(string path, IReadOnlyList<string>? overrides, string? folder)
    {
        var given = overrides ?? [];
        if (folder is null)
            return given;
        string[] moved = IsGiven(given, Checkpoints) ? [.. given] : [.. given, Setting(Checkpoints, Path.Combine(folder, "checkpoints"))];
        var outputs = Of(RunSpecReader.Read(path, moved)).Where(o => !IsGiven(given, o.Key));
        var into = outputs.Select(o => Setting(o.Key, Path.Combine(folder, Path.GetFileName(o.Value))));
        return [.. moved, .. into];
    }

    private static IEnumerable<SpecEntry> Of(RunSpec spec)
    {
        if (spec.Output.Path is { } fields)
        {
            yield return new SpecEntry("output.path", fields);
            foreach (var derived in spec.Output.DerivedFiles())
                yield return derived;
            // One beside the fields goes along with them.
            if (spec.Output.Picture is { } picture && picture != Pictures.PicturePaths.Beside(fields))
                yield return new SpecEntry("output.picture", picture);
        }
        if (spec.Checkpoint.Chm is { } chm && !chm.Output.StartsWith(spec.Checkpoint.Path + "/", StringComparison.Ordinal))
            yield return new SpecEntry("checkpoint.chm-output", chm.Output);
    }

    private static bool IsGiven(IReadOnlyList<string> overrides, string key) =>
        overrides.Any(o => o.StartsWith(key + "=", StringComparison.Ordinal) || o.StartsWith(key + " ", StringComparison.Ordinal));

    private static string Setting(string key, string path) => $"{key}={HoconWriter.Quote(path)}";
}
