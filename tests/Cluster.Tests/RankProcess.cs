using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Cairn.Cluster.Tests;

/// <summary>A process of ranks, or one that launches them.</summary>
/// <param name="Pid">The process.</param>
/// <param name="IsLauncher">Whether it is an <c>mpiexec</c>.</param>
internal sealed record RankProcess(int Pid, bool IsLauncher)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Those that work in a folder, as everything does that a run there has started.</summary>
    public static IReadOnlyList<RankProcess> In(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Select(entry => Read(Path.GetFileName(entry), folder)).OfType<RankProcess>()];

    /// <summary>Waits until none is left, and fails when that takes long.</summary>
    public static async Task NoneLeftAsync(string folder)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (In(folder) is [var first, ..])
        {
            try
            {
                using var process = Process.GetProcessById(first.Pid);
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (ArgumentException)
            {
                // It has ended since it was listed.
                deadline.Token.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Kills it, as nothing can stop.</summary>
    public void Kill()
    {
        try
        {
            using var process = Process.GetProcessById(Pid);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended since it was listed, which serves a test as well.
        }
    }

    private static RankProcess? Read(string name, string folder)
    {
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
            return null;

        try
        {
            var words = Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{name}/cmdline")).TrimEnd('\0').Split('\0');
            if (words[^1] != "rank" || new FileInfo($"/proc/{name}/cwd").LinkTarget != folder)
                return null;

            var program = Path.GetFileName(words[0]);
            return program.StartsWith("mpiexec", StringComparison.Ordinal) ? new(pid, true) : program is "dotnet" ? new(pid, false) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
