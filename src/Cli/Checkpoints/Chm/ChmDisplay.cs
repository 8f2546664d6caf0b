using System.Globalization;
using Cairn.Cli.Tables;
using Cairn.Storage.Chm;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints.Chm;

/// <summary>Lists, shows and verifies checkpoints in CHM's format.</summary>
internal static class ChmDisplay
{
    public static int List(IReadOnlyList<ChmListed> found, TextWriter output)
    {
        var table = new TextTable("", "checkpoint", "goes on at", "ranks", "bytes", "written by")
        {
            Spare = ["bytes", "ranks"], EndsInText = true,
        };
        foreach (var (listed, index) in found.Select((c, i) => (c, i)))
        {
            try
            {
                var checkpoint = ChmCheckpoint.Open(listed.Path);
                var digests = checkpoint.Manifest.Digests;
                table.Add(
                    $"{index}", Path.GetFileName(listed.Path), checkpoint.Time.Text, $"{checkpoint.Ranks}",
                    digests is null ? "" : Grouped(digests.Sum(d => d.Bytes)), digests is null ? "CHM" : "Cairn");
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
        output.WriteLine($"  triangles    {Grouped(contents.Triangles)} on {Count.Of(checkpoint.Ranks, "rank")}");
        foreach (var (file, rank) in checkpoint.Manifest.Files.Select((f, i) => (f, i)))
        {
            var bytes = checkpoint.Manifest.Digests?[rank].Bytes is { } size ? $", {Grouped(size)} bytes" : "";
            output.WriteLine($"  rank {rank,-7} {Grouped(contents.TrianglesOfRanks[rank])} triangles{bytes}, {file}");
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
        var table = new TextTable("checkpoint", "result") { EndsInText = true };
        var (damaged, ofOtherRanks) = (0, 0);
        foreach (var listed in found)
        {
            var (defect, refusal) = Findings(listed, strictRanks);
            damaged += defect is null ? 0 : 1;
            ofOtherRanks += refusal is null ? 0 : 1;
            table.Add(
                Path.GetFileName(listed.Path),
                defect is not null ? $"DAMAGED: {defect}" : refusal is not null ? $"whole, but refused: {refusal}" : "ok");
        }

        output.Write(table.ToString());
        output.WriteLine();
        output.WriteLine(damaged == 0
            ? $"{Count.Of(found.Count, "checkpoint")}, all whole"
            : $"damaged: {damaged} of {Count.Of(found.Count, "checkpoint")}; auto_resume passes over what is");
        if (ofOtherRanks > 0)
        {
            output.WriteLine($"saved by other than {Count.Of(strictRanks!.Value, "rank")}: {ofOtherRanks} of "
                + $"{Count.Of(found.Count, "checkpoint")}; a CHM of {strictRanks} refuses these, Cairn loads them");
        }

        return damaged + ofOtherRanks == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>What does not hold of a checkpoint, or else why a CHM of so many ranks would refuse it.</summary>
    private static (string? Defect, string? Refusal) Findings(ChmListed listed, int? strictRanks)
    {
        ChmCheckpoint checkpoint;
        try
        {
            checkpoint = ChmCheckpoint.Open(listed.Path);
            _ = checkpoint.Verify();
        }
        catch (Exception e) when (e is DataException or SpecException)
        {
            return (e.Message, null);
        }

        return (null, strictRanks is { } ranks ? Refusal(checkpoint, ranks) : null);
    }

    private static string? Refusal(ChmCheckpoint checkpoint, int ranks)
    {
        try
        {
            checkpoint.RequireRanks(ranks);
            return null;
        }
        catch (SpecException e)
        {
            return e.Message;
        }
    }

    private static string Grouped(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
