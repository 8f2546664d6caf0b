namespace Cairn.Cli.Tests;

/// <summary>What one call of the command line gave back.</summary>
internal sealed record Invocation(int Exit, string Output, string Error)
{
    /// <summary>The output with the widths of its columns taken out.</summary>
    public string Words => string.Join('\n', Output.Split('\n').Select(OneSpace));

    public static Invocation Run(params string[] arguments)
    {
        var (exit, output, error) = CommandLine.Invoke(arguments);
        return new Invocation(exit, output, error);
    }

    private static string OneSpace(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
