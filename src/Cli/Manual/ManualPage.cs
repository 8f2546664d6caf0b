using System.CommandLine;
using System.CommandLine.Help;
using System.Text;

namespace Cairn.Cli.Manual;

/// <summary>A tree of commands as a manual page, with the macros of man(7).</summary>
internal static class ManualPage
{
    private static readonly (string Code, string Meaning)[] Codes =
    [
        ($"{ExitCodes.Done}", "Done."),
        ($"{ExitCodes.Failed}", "The run failed, a checked file is damaged, or a comparison found a difference."),
        ($"{ExitCodes.Usage}", "Bad usage or a bad spec; nothing was changed."),
        ($"{ExitCodes.Stopped}", "Stopped at a boundary on request; the same command resumes."),
    ];

    private static readonly (string Name, string Meaning)[] Variables =
    [
        ("CAIRN_SEED", "The address of a seed, if no --seed is given."),
        ("CAIRN_TOKEN_FILE, CAIRN_TOKEN", "A seed's token, or a file that holds it."),
        ("CAIRN_STATE", "Where nodes keep their state; by default $XDG_STATE_HOME/cairn, or ~/.local/state/cairn."),
        ("CAIRN_CACHE", "Where library checkpoints without a path are stored."),
        ("CAIRN_NODE", "The name of a worker."),
        ("CAIRN_MPI_LIBRARY", "The MPI library for ranks that mpiexec or srun starts."),
        ("CAIRN_NO_BUILD", "With the launcher of a clone: 1 starts the last build."),
    ];

    public static string Of(Command root)
    {
        var page = new StringBuilder();
        page.Append(".TH CAIRN 1 \"\" \"Cairn\" \"User Commands\"\n");
        page.Append(".SH NAME\n").Append(Text($"cairn - {root.Description}")).Append('\n');
        page.Append(".SH SYNOPSIS\n.B cairn\n.I command\n[\\fIoptions\\fR]\n.br\n.B cairn\n.I command\n.B \\-\\-help\n");
        page.Append(".SH COMMANDS\n");
        foreach (var command in root.Subcommands.Where(c => !c.Hidden))
            Add(page, command, "cairn");

        page.Append(".SH EXIT STATUS\n");
        Array.ForEach(Codes, code => Item(page, code.Code, code.Meaning));
        page.Append(".SH ENVIRONMENT\n");
        Array.ForEach(Variables, variable => Item(page, variable.Name, variable.Meaning));
        return page.ToString();
    }

    private static void Add(StringBuilder page, Command command, string above)
    {
        var name = $"{above} {command.Name}";
        var arguments = command.Arguments.Where(a => !a.Hidden).ToList();
        var options = command.Options.Where(o => !o.Hidden && o is not HelpOption).ToList();
        if (command.Action is not null)
        {
            var places = arguments.Select(a => OptionalArguments.MayBeLeftOut(a) ? $" [{a.Name}]" : $" {a.Name}");
            page.Append(".SS ").Append(Text($"{name}{string.Concat(places)}{(options.Count > 0 ? " [options]" : "")}")).Append('\n');
            page.Append(Text(command.Description)).Append('\n');
            arguments.ForEach(a => Item(page, a.Name, a.Description));
            options.ForEach(o => Item(page, Label(o), o.Description));
        }

        foreach (var inner in command.Subcommands.Where(c => !c.Hidden))
            Add(page, inner, name);
    }

    private static string Label(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal));
        return option.ValueType == typeof(bool) ? names : $"{names} {option.HelpName ?? "VALUE"}";
    }

    private static void Item(StringBuilder page, string label, string? text) =>
        page.Append(".TP\n.B ").Append(Text(label)).Append('\n').Append(Text(text)).Append('\n');

    /// <summary>Text as ASCII, with everything escaped that roff would interpret.</summary>
    private static string Text(string? text)
    {
        var plain = new StringBuilder(text is ['.' or '\'', ..] ? "\\&" : "");
        foreach (var rune in (text ?? "").ReplaceLineEndings(" ").EnumerateRunes())
        {
            plain.Append(rune.Value switch
            {
                '\\' => "\\e",
                '-' => "\\-",
                < 128 => rune.ToString(),
                var code => FormattableString.Invariant($"\\[u{code:X4}]"),
            });
        }

        return plain.ToString();
    }
}
