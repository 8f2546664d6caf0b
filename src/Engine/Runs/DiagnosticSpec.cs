namespace Cairn.Engine.Runs;

/// <summary>A diagnostic: what is derived from the output at each boundary.</summary>
public sealed record DiagnosticSpec
{
    /// <summary>Which diagnostic.</summary>
    public required DiagnosticKind Kind { get; init; }

    /// <summary>What it is given, in channel order: outputs of the model, or of diagnostics before it.</summary>
    public required IReadOnlyList<string> Variables { get; init; }

    /// <summary>Names of what it gives, in channel order.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>Absolute path of the file that it is; null for a kind that is none.</summary>
    public string? Path { get; init; }

    /// <summary>Winds: the largest total wavenumber that is kept, or null for the largest that the grid holds.</summary>
    public int? Truncation { get; init; }

    /// <summary>Physical bounds by output; usually empty.</summary>
    public IReadOnlyList<BoundSpec> Bounds { get; init; } = [];

    /// <summary>What its settings are called in a list of all settings: outputs belong to one diagnostic only.</summary>
    public string Key => $"diagnostics[{string.Join(", ", Outputs)}]";

    /// <summary>The diagnostics that some variables come from, directly or through other diagnostics, in their order.</summary>
    public static IReadOnlyList<DiagnosticSpec> Behind(
        IReadOnlyList<DiagnosticSpec> diagnostics, IReadOnlyList<string>? variables)
    {
        if (variables is null)
        {
            return diagnostics;
        }

        var wanted = variables.ToHashSet(StringComparer.Ordinal);
        var behind = new Stack<DiagnosticSpec>();
        foreach (var diagnostic in diagnostics.Reverse().Where(d => d.Outputs.Any(wanted.Contains)))
        {
            behind.Push(diagnostic);
            wanted.UnionWith(diagnostic.Variables);
        }

        return [.. behind];
    }
}
