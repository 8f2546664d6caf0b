namespace Cairn.Engine.Runs;

/// <summary>The initial condition of a run.</summary>
/// <param name="Source">What kind of source.</param>
/// <param name="Path">Absolute path of the file; it existed when the spec was read. Empty for a source without a file.</param>
/// <param name="Time">Which time of the file, or null when the file has only one.</param>
/// <param name="Variables">The model's input variables and where each comes from, in the spec's order, which is the channel order.</param>
public sealed record InitialSpec(
    InitialSource Source, string Path, InitialTime? Time, IReadOnlyList<InitialVariable> Variables)
{
    /// <summary>Which of the model's own states; null for every source but <see cref="InitialSource.Model"/>.</summary>
    public string? Case { get; init; }

    /// <summary>Names of the model's input variables, in channel order.</summary>
    public IReadOnlyList<string> VariableNames => [.. Variables.Select(v => v.Name)];
}

/// <summary>Where one input variable comes from.</summary>
/// <param name="Name">The model's name for it.</param>
/// <param name="FileVariable">The file's name for it.</param>
public sealed record InitialVariable(string Name, string FileVariable);

/// <summary>Picks one time of a file: exactly one of the two is set.</summary>
/// <param name="Text">ISO 8601, such as <c>1990-01-16</c> or <c>1990-01-16T12:00:00Z</c>; a bare date selects the one time of that
/// day.</param>
/// <param name="Index">Position on the file's time axis, from 0.</param>
public sealed record InitialTime(string? Text, int? Index)
{
    /// <inheritdoc/>
    public override string ToString() => Text ?? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Index}");
}
