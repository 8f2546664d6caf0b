namespace Cairn.Cli.Run;

/// <summary>Words of a command line that a user may paste into a shell.</summary>
internal static class ShellText
{
    /// <summary>Quotes a word for a POSIX shell where necessary.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_-./=:,+@%".Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
