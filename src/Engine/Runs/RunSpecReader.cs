namespace Cairn.Engine.Runs;

/// <summary>Reads a run's spec from HOCON.</summary>
public static class RunSpecReader
{
    /// <summary>
    /// Reads the spec in <paramref name="path"/>, with <paramref name="overrides"/> (each <c>key=value</c>, as after <c>--set</c>) on top.
    /// Input paths are relative to the file that states them, output and checkpoint paths (and everything in an override) to
    /// <paramref name="workingDirectory"/>, by default the process's own.
    /// </summary>
    /// <exception cref="RunSpecException">The spec has mistakes; all of them are listed.</exception>
    public static RunSpec Read(string path, IReadOnlyList<string>? overrides = null, string? workingDirectory = null)
        => throw new NotSupportedException("The reader of specs is not built in yet.");
}
