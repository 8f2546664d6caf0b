using System.Globalization;
using Cairn.Cli.Tables;
using Cairn.Storage.Chm;

namespace Cairn.Cli.Checkpoints.Chm;

/// <summary>Lists, shows and verifies checkpoints in CHM's format.</summary>
internal static class ChmDisplay
{
    public static int List(IReadOnlyList<ChmListed> found, TextWriter output)
    {
        var table = new TextTable("", "checkpoint", "goes on at", "ranks", "bytes", "written by");
        foreach (var (listed, index) in found.Select((c, i) => (c, i)))
        {
            try
            {
                var checkpoint = ChmCheckpoint.Open(listed.Path);
                var digests = checkpoint.Manifest.Digests;
                table.Add(
                    $"{index}", Path.GetFileName(listed.Path), checkpoint.Time.Text, $"{checkpoint.Ranks}",
                    digests is null ? "" : Count(digests.Sum(d => d.Bytes)), digests is null ? "CHM" : "Cairn");
            }
            catch (DataException e)
            {
                table.Add($"{index}", Path.GetFileName(listed.Path), listed.Time.Text, $"{listed.Ranks}", "", $"DAMAGED: {e.Message}");
            }
        }

        output.WriteLine($"CHM checkpoints in {Path.GetDirectoryName(found[0].Path)}: {found.Count}");
        output.Write(table.ToString());
        output.WriteLine();
        return ExitCodes.Done;
    }

    public static int Show(ChmListed listed, TextWriter output)
    {
        var checkpoint = ChmCheckpoint.Open(listed.Path);
        var contents = checkpoint.Verify();
        output.WriteLine($"CHM checkpoint {Path.GetFileName(listed.Path)}");
        output.WriteLine($"  goes on at   {checkpoint.Time.Text} UTC, {checkpoint.Time.Seconds} seconds since 1970");
        output.WriteLine($"  triangles    {Count(contents.Triangles)} on {checkpoint.Ranks} ranks");
        foreach (var (file, rank) in checkpoint.Manifest.Files.Select((f, i) => (f, i)))
        {
            var bytes = checkpoint.Manifest.Digests?[rank].Bytes is { } size ? $", {Count(size)} bytes" : "";
            output.WriteLine($"  rank {rank,-7} {Count(contents.TrianglesOfRanks[rank])} triangles{bytes}, {file}");
        }

        output.WriteLine();
        var table = new TextTable("  variable", "dtype", "shape");
        contents.Variables.ToList().ForEach(name => table.Add("  " + name, "float64", $"[{contents.Triangles}]"));
        output.Write(table.ToString());
        output.WriteLine();
        return ExitCodes.Done;
    }

    /// <param name="found">The checkpoints.</param>
    /// <param name="strictRanks">How many ranks a CHM that is to load them has; null where any number will do.</param>
    /// <param name="output">Where the findings go.</param>
    public static int Verify(IReadOnlyList<ChmListed> found, int? strictRanks, TextWriter output)
    {
        var table = new TextTable("checkpoint", "result");
        var damaged = 0;
        foreach (var listed in found)
        {
            var defect = Defect(listed, strictRanks);
            damaged += defect is null ? 0 : 1;
            table.Add(Path.GetFileName(listed.Path), defect is null ? "ok" : $"DAMAGED: {defect}");
        }

        output.Write(table.ToString());
        output.WriteLine();
        output.WriteLine(damaged == 0
            ? $"{found.Count} checkpoints, all whole"
            : $"{damaged} of {found.Count} checkpoints do not hold; auto_resume passes over them");
        return damaged == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static string? Defect(ChmListed listed, int? strictRanks)
    {
        try
        {
            var checkpoint = ChmCheckpoint.Open(listed.Path);
            _ = checkpoint.Verify();
            if (strictRanks is { } ranks)
            {
                checkpoint.RequireRanks(ranks);
            }

            return null;
        }
        catch (Exception e) when (e is DataException or SpecException)
        {
            return e.Message;
        }
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
