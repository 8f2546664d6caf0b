using System.CommandLine;
using System.CommandLine.Parsing;
using Cairn.Engine.Settings;
using Cairn.Storage.Durable;

namespace Cairn.Cli;

/// <summary>Describes what is wrong with a command line, with the name that was probably meant.</summary>
internal static class UsageMistakes
{
    private static readonly string[] PathOptions =
        ["--out", "--output", "--netcdf", "--statistics", "--truth", "--config", "--certificate"];

    /// <summary>All mistakes; empty if the command line is valid.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var word, ..])
        {
            // The parser also complains about each later token.
            return [IsOption(word) ? Option(parsed, word) : Subcommand(parsed, word)];
        }

        var options = Swallowed(parsed).Select(token => Option(parsed, token)).ToList();
        var urls = Urls(parsed).Select(url => $"found the URL {url}; expected a path on a file system. Mount or copy remote data "
            + "first").ToList();
        return options.Count > 0 ? options : urls.Count > 0 ? urls : [.. parsed.Errors.Select(e => e.Message)];
    }

    /// <summary>The command as it was typed, without its arguments.</summary>
    public static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
            names.Insert(0, result.Parent is null ? ProgramName.Value : result.Command.Name);

        return string.Join(' ', names);
    }

    /// <summary>Unknown options, which the parser takes as arguments.</summary>
    private static IEnumerable<string> Swallowed(ParseResult parsed) => parsed.Tokens.Any(t => t.Type == TokenType.DoubleDash)
        ? []
        : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value)
            .Concat(parsed.UnmatchedTokens).Where(IsOption);

    /// <summary>URLs given as paths: no argument takes a URL, and only the options that name a seed do.</summary>
    private static IEnumerable<string> Urls(ParseResult parsed) => parsed.CommandResult.Children.SelectMany(child => child switch
    {
        ArgumentResult argument => argument.Tokens,
        OptionResult option when PathOptions.Contains(option.Option.Name) => option.Tokens,
        _ => [],
    }).Select(token => token.Value).Where(PathFound.IsUrl);

    private static bool IsOption(string token) => token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]);

    private static string Subcommand(ParseResult parsed, string word) =>
        $"there is no command {CommandPath(parsed)} {word}" + Meant(word, parsed.CommandResult.Command.Subcommands.Select(c => c.Name));

    private static string Option(ParseResult parsed, string token)
    {
        var names = parsed.CommandResult.Command.Options.Select(o => o.Name).Append("--help");
        return $"{CommandPath(parsed)} has no option {token}" + Meant(token, names);
    }

    private static string Meant(string word, IEnumerable<string> names) =>
        Spelling.Nearest(word, names) is { } nearest ? $"; did you mean {nearest}?" : "";
}
