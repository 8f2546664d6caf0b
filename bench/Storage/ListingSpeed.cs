using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Bench.Storage;

/// <summary>Catalogs of many rows: how long a list of them takes, and how much memory.</summary>
internal sealed partial class ListingSpeed(string scratch, int rounds)
{
    public void Run(int rows)
    {
        var path = Path.Combine(scratch, $"rows{rows}");
        Fill(path, rows);
        new Measured($"{rows} rows", "listed in a warm process", "the same by the command line, from a cold start")
            .Rounds(
                rows > 10_000 ? 1 : rounds,
                () => Measured.Milliseconds(() => _ = Checkpoint.ReadRows(path)),
                () => Measured.Milliseconds(() => Child("cairn.dll", "checkpoints", "ls", path)))
            .Print();
        Console.WriteLine($"  a process that reads them all: {Child("Cairn.Bench.Storage.dll", "rows", path).Trim()}");
        Directory.Delete(path, recursive: true);
    }

    /// <summary>What the child process does: reads the rows, tells the most memory that it ever had.</summary>
    public static void TellMemory(string path)
    {
        var rows = Checkpoint.ReadRows(path);
        var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        Console.WriteLine($"{rows.Count} rows, most resident memory {peak["VmHWM:".Length..].Trim()}");
    }

    /// <summary>
    /// Copies of one real commit's manifest, each with its own name and number and sealed anew; their files are never read.
    /// </summary>
    private static void Fill(string path, int rows)
    {
        string manifest, id;
        using (var session = BenchState.Catalog(path, CheckpointMode.Append, CheckpointStaging.Synchronous).Open())
        {
            session.Bind(BenchState.OfSize(1024));
            var row = session.Write(new Dictionary<string, object?> { ["lead_time"] = TimeSpan.FromHours(6), ["note"] = "bench" })!;
            (manifest, id) = (File.ReadAllText(Path.Combine(row.Directory, "manifest.json")), row.CommitId);
        }

        for (var i = 2; i <= rows; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"commit_{i:00000000}_{i:x12}");
            var text = Seal().Replace(manifest, "").Replace(id, name, StringComparison.Ordinal)
                .Replace("\"sequence\": 1,", $"\"sequence\": {i},", StringComparison.Ordinal)
                .Replace("\"write_count\": 1\n", $"\"write_count\": {i}\n", StringComparison.Ordinal);
            var seal = Crc32C.Text(Crc32C.Compute(Encoding.ASCII.GetBytes(text)));
            text = text.Replace("  \"metadata\": {", $"  \"manifest_crc32c\": \"{seal}\",\n  \"metadata\": {{", StringComparison.Ordinal);
            var folder = Directory.CreateDirectory(Path.Combine(path, "commits", name)).FullName;
            File.WriteAllText(Path.Combine(folder, "manifest.json"), text);
        }
    }

    private static string Child(string assembly, params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, assembly);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{assembly} ended with {process.ExitCode}: {text}");
    }

    [GeneratedRegex("  \"manifest_crc32c\": \"[0-9a-f]{8}\",\n")]
    private static partial Regex Seal();
}
