using System.Globalization;
using Cairn.Cli.Tables;
using Cairn.Storage.Chm;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints.Chm;

/// <summary>Lists, shows and verifies checkpoints in CHM's format.</summary>
internal static class ChmDisplay
{
    public static int List(IReadOnlyList<ChmListed> found, bool asJson, TextWriter output)
    {
        var rows = found.Select(Row).ToList();
        if (asJson)
        {
            JsonOption.Write(output, new { ChmCheckpoints = rows });
            return ExitCodes.Done;
        }

        var table = new TextTable("", "checkpoint", "goes on at", "ranks", "bytes", "written by")
        {
            Spare = ["bytes", "ranks"], EndsInText = true,
        };
        foreach (var (row, index) in rows.Select((r, i) => (r, i)))
        {
            table.Add(
                $"{index}", Path.GetFileName(row.Path), row.GoesOnAt, $"{row.Ranks}", row.Bytes is { } bytes ? Grouped(bytes) : "",
                row.Defect is null ? row.WrittenBy! : $"DAMAGED: {row.Defect}");
        }

        output.WriteLine($"CHM checkpoints in {Path.GetDirectoryName(found[0].Path)}: {found.Count}");
        output.Write(table.ToString());
        output.WriteLine();
        return ExitCodes.Done;
    }

    private static ChmRow Row(ChmListed listed)
    {
        try
        {
            var checkpoint = ChmCheckpoint.Open(listed.Path);
            var digests = checkpoint.Manifest.Digests;
            return new ChmRow(
                listed.Path, checkpoint.Time.Text, checkpoint.Ranks, digests?.Sum(d => d.Bytes), digests is null ? "CHM" : "Cairn", null);
        }
        catch (DataException e)
        {
            return new ChmRow(listed.Path, listed.Time.Text, listed.Ranks, null, null, e.Message);
        }
    }

    public static int Show(ChmListed listed, bool asJson, TextWriter output)
    {
        var checkpoint = ChmCheckpoint.Open(listed.Path);
        var contents = checkpoint.Verify();
        if (asJson)
        {
            var ranks = checkpoint.Manifest.Files.Select((file, rank) => new
            {
                file, Triangles = contents.TrianglesOfRanks[rank], checkpoint.Manifest.Digests?[rank].Bytes,
            });
            JsonOption.Write(output, new
            {
                ChmCheckpoint = new
                {
                    listed.Path, GoesOnAt = checkpoint.Time.Text, contents.Triangles, ranks, contents.Variables,
                },
            });
            return ExitCodes.Done;
        }

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
    /// <param name="strictRanks">The number of ranks of the CHM run that is to load them; null for any.</param>
    /// <param name="asJson">Whether to write JSON.</param>
    /// <param name="output">Where to write.</param>
    public static int Verify(IReadOnlyList<ChmListed> found, int? strictRanks, bool asJson, TextWriter output)
    {
        var findings = found.Select(listed => (listed.Path, Of: Findings(listed, strictRanks))).ToList();
        var (damaged, ofOtherRanks) = (findings.Count(f => f.Of.Defect is not null), findings.Count(f => f.Of.Refusal is not null));
        if (asJson)
        {
            var checkpoints = findings.Select(f => new { f.Path, f.Of.Defect, f.Of.Refusal });
            JsonOption.Write(output, new { Checked = found.Count, damaged, Refused = ofOtherRanks, ChmCheckpoints = checkpoints });
        }
        else
        {
            var table = new TextTable("checkpoint", "result") { EndsInText = true };
            findings.ForEach(f => table.Add(Path.GetFileName(f.Path), Result(f.Of.Defect, f.Of.Refusal)));
            output.Write(table.ToString());
            output.WriteLine();
            Sum(found.Count, damaged, ofOtherRanks, strictRanks, output);
        }

        return damaged + ofOtherRanks == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static string Result(string? defect, string? refusal) =>
        defect is not null ? $"DAMAGED: {defect}" : refusal is not null ? $"whole, but refused: {refusal}" : "ok";

    private static void Sum(int count, int damaged, int ofOtherRanks, int? strictRanks, TextWriter output)
    {
        output.WriteLine(damaged == 0
            ? $"{Count.Of(count, "checkpoint")}, all whole"
            : $"damaged: {damaged} of {Count.Of(count, "checkpoint")}; auto_resume skips damaged ones");
        if (ofOtherRanks > 0)
        {
            output.WriteLine($"saved by other than {Count.Of(strictRanks!.Value, "rank")}: {ofOtherRanks} of "
                + $"{Count.Of(count, "checkpoint")}; a CHM of {strictRanks} refuses these, Cairn loads them");
        }
    }

    /// <summary>The defects of a checkpoint, or the reason why a CHM run with that many ranks would refuse it.</summary>
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

    /// <summary>A checkpoint in the list; a damaged one has neither bytes nor writer.</summary>
    private sealed record ChmRow(string Path, string GoesOnAt, int Ranks, long? Bytes, string? WrittenBy, string? Defect);
}
