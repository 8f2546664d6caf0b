using System.CommandLine;
using System.CommandLine.Completions;
using Cairn.Cli.Services;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;

namespace Cairn.Cli.Run;

/// <summary>A spec on the command line, with its overrides.</summary>
internal sealed class SpecArguments
{
    private readonly Argument<string> _spec;

    private readonly Option<string[]> _set = SetOption.Create();

    private readonly Option<string> _out = new("--out")
    {
        Description = "Write everything into DIR instead: checkpoints, fields, derived files and picture, under their usual names.",
        HelpName = "DIR",
    };

    /// <param name="description">What the spec is, for help.</param>
    public SpecArguments(string description)
    {
        _spec = new Argument<string>("SPEC") { Description = description };
        _set.CompletionSources.Add(_ => RunSettings.All.DistinctBy(s => s.Key).Select(s => new CompletionItem($"{s.Key}=")));
    }

    public void AddTo(Command command)
    {
        command.Add(_spec);
        command.Add(_set);
        command.Add(_out);
    }

    /// <exception cref="RunSpecException">It has mistakes.</exception>
    public RunSpec Read(ParseResult parsed) => RunSpecReader.Read(parsed.GetRequiredValue(_spec), Overrides(parsed));

    /// <summary>The spec's settings, and where their values come from.</summary>
    /// <exception cref="RunSpecException">It has mistakes.</exception>
    public IReadOnlyList<ResolvedSetting> Explain(ParseResult parsed) =>
        RunSpecReader.Explain(parsed.GetRequiredValue(_spec), Overrides(parsed));

    /// <summary>The same arguments, quoted for a shell.</summary>
    public string Repeated(ParseResult parsed) => ShellText.Quote(parsed.GetRequiredValue(_spec))
        + string.Concat((parsed.GetValue(_set) ?? []).Select(s => $" --set {ShellText.Quote(s)}"))
        + (parsed.GetValue(_out) is { } folder ? $" --out {ShellText.Quote(folder)}" : "");

    private IReadOnlyList<string> Overrides(ParseResult parsed) =>
        SpecOutputs.Move(parsed.GetRequiredValue(_spec), parsed.GetValue(_set), parsed.GetValue(_out));
}
