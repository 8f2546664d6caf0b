using Cairn.Cli.Tables;
using Cairn.Storage.Catalog;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints;

/// <summary>Checks every byte of every session.</summary>
internal static class CatalogVerification
{
    public static int Write(string path, TextWriter output)
    {
        var table = new TextTable("session", "result") { EndsInText = true };
        var damaged = 0;
        var checkedCount = 0;
        foreach (var finding in CatalogPaths.FindWhole(path).SelectMany(folder => Checkpoint.Verify(folder)))
        {
            checkedCount++;
            damaged += finding.Defect is null ? 0 : 1;
            table.Add(Path.GetRelativePath(path, finding.Path), Describe(finding));
        }

        output.Write(table.ToString());
        output.WriteLine();
        output.WriteLine(damaged == 0
            ? $"{Count.Of(checkedCount, "session")}, all whole"
            : $"damaged: {damaged} of {Count.Of(checkedCount, "session")}; a restart passes over what is");
        return damaged == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static string Describe(CheckpointFinding finding) => finding switch
    {
        { Defect: { } defect } => $"DAMAGED: {defect}",
        { Counts: true } => "ok",
        { Row.WorldSize: > 1 } => "ok, but part of no whole session that counts: never offered for restore",
        _ => "ok, but of a superseded process: never offered for restore",
    };
}
