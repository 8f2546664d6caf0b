using System.Globalization;

namespace Cairn.Cli.Tables;

/// <summary>How many columns there are for a line.</summary>
internal static class TerminalWidth
{
    /// <summary><c>COLUMNS</c>, else the terminal's; null where a file or a program takes the output, which has room for all.</summary>
    public static int? Now =>
        int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
        && columns > 0 ? columns
        : !Console.IsOutputRedirected && Console.WindowWidth is > 0 and var width ? width : null;
}
