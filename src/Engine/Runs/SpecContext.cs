namespace Cairn.Engine.Runs;

/// <summary>What a spec's text is read against.</summary>
/// <param name="Source">What to call the spec where no line is at fault.</param>
/// <param name="SpecFile">The spec's own file, which no output may swallow, or null when there is none.</param>
/// <param name="WorkingDirectory">The absolute folder that output paths are relative to.</param>
/// <param name="FileExists">Asks whether a file is there, or null to take that on trust.</param>
/// <param name="Rules">What the spec may ask for, or null where it comes from this machine's own user, who may ask for anything.</param>
internal sealed record SpecContext(
    string Source, string? SpecFile, string WorkingDirectory, Func<string, bool>? FileExists, SubmissionRules? Rules = null);
