namespace Cairn.Tidy.Tests;

/// <summary>One place that breaks a house rule, and what to do about it.</summary>
public sealed record Violation(string File, int Line, string WhatToDo)
{
    public override string ToString() => $"{File}:{Line}: {WhatToDo}";

    /// <summary>Fails, listing every violation on a line of its own.</summary>
    public static void None(IEnumerable<Violation> violations)
    {
        var lines = violations.OrderBy(v => v.File, StringComparer.Ordinal).ThenBy(v => v.Line).Select(v => v.ToString()).ToList();
        if (lines.Count > 0)
            Assert.Fail($"{lines.Count} place(s) break a house rule:\n  {string.Join("\n  ", lines)}");
    }
}
