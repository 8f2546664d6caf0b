namespace Cairn.Cli;

/// <summary>Whether the process was started with a standard output.</summary>
internal static class StandardOutput
{
    private const string Info = "/proc/self/fdinfo/1", Link = "/proc/self/fd/1", Flags = "flags:";
    private const int AccessMode = 3, ReadOnly = 0;

    /// <summary>
    /// Whether it can be written to. Where the shell closed it (<c>&gt;&amp;-</c>), whatever was opened first has taken its place: a
    /// library, or something of the runtime's.
    /// </summary>
    public static bool IsOpen
    {
        get
        {
            if (!File.Exists(Info))
            {
                // Closed, or a system without /proc.
                return !Directory.Exists("/proc/self");
            }

            var flags = File.ReadLines(Info).First(line => line.StartsWith(Flags, StringComparison.Ordinal))[Flags.Length..].Trim();
            return (Convert.ToInt32(flags, fromBase: 8) & AccessMode) != ReadOnly
                && new FileInfo(Link).LinkTarget?.StartsWith("anon_inode:", StringComparison.Ordinal) != true;
        }
    }
}
