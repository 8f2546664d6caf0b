using System.Globalization;

namespace Cairn.Cli.Tables;

/// <summary>The width available for a line.</summary>
internal static class TerminalWidth
{
    /// <summary><c>COLUMNS</c>, else the terminal's width; null if the output is a file or a pipe.</summary>
    public static int? Now =>
        int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
        && columns > 0 ? columns
        : !Console.IsOutputRedirected && Console.WindowWidth is > 0 and var width ? width : null;
}
