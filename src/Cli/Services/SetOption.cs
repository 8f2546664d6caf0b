using System.CommandLine;

namespace Cairn.Cli.Services;

/// <summary>The option <c>--set</c>.</summary>
internal static class SetOption
{
    /// <summary>Creates it.</summary>
    /// <param name="does">What it does, for help.</param>
    public static Option<string[]> Create(string does = "Override a setting") => new("--set")
    {
        Description = $"{does}: --set KEY=VALUE. May be repeated.",
        HelpName = "KEY=VALUE",
    };
}
