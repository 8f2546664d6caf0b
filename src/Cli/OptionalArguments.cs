using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Cairn.Cli;

/// <summary>Help that shows optional arguments in brackets.</summary>
internal sealed class OptionalArguments(HelpAction help) : SynchronousCommandLineAction
{
    private const string Heading = "Arguments:", Indent = "  ";

    /// <summary>Uses this help for a whole command line.</summary>
    public static void ShowIn(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
            option.Action = new OptionalArguments((HelpAction)option.Action!);
    }

    /// <summary>Whether an argument is optional.</summary>
    public static bool MayBeLeftOut(Argument argument) => argument.Arity.MinimumNumberOfValues == 0 || argument.HasDefaultValue;

    /// <summary>Help is printed even when arguments are missing.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        using var text = new StringWriter();
        configuration.Output = text;
        var code = help.Invoke(parseResult);
        configuration.Output = output;
        var optional = parseResult.CommandResult.Command.Arguments
            .Where(MayBeLeftOut).Select(a => $"<{a.Name}>").ToList();
        output.Write(optional.Count == 0 ? text.ToString() : Bracketed(text.ToString(), optional));
        return code;
    }

    private static string Bracketed(string text, List<string> optional)
    {
        var lines = text.Split('\n');
        var first = Array.FindIndex(lines, line => line.TrimEnd() == Heading) + 1;
        for (var at = first; at > 0 && at < lines.Length && lines[at].Trim().Length > 0; at++)
        {
            var label = lines[at].Trim().Split(' ')[0];
            var end = lines[at].StartsWith(Indent + label, StringComparison.Ordinal) ? Indent.Length + label.Length : Indent.Length;
            lines[at] = optional.Contains(label)
                ? $"{Indent}[{label}]{lines[at][end..]}"
                : lines[at].Insert(end, Indent);
        }

        return string.Join('\n', lines);
    }
}
