using Cairn.Cli.Tables;
using Cairn.Storage.Catalog;
using Cairn.Storage.Words;

namespace Cairn.Cli.Checkpoints;

/// <summary>Checks every byte of every session.</summary>
internal static class CatalogVerification
{
    public static int Write(string path, bool asJson, TextWriter output)
    {
        var findings = CatalogPaths.FindWhole(path).SelectMany(folder => Checkpoint.Verify(folder)).ToList();
        var damaged = findings.Count(f => f.Defect is not null);
        if (asJson)
            JsonOption.Write(output, new { Checked = findings.Count, Damaged = damaged, Sessions = findings.Select(f => Json(path, f)) });
        else
            Write(path, findings, damaged, output);

        return damaged == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Write(string path, List<CheckpointFinding> findings, int damaged, TextWriter output)
    {
        var table = new TextTable("session", "result") { EndsInText = true };
        findings.ForEach(finding => table.Add(Path.GetRelativePath(path, finding.Path), Describe(finding)));
        output.Write(table.ToString());
        output.WriteLine();
        output.WriteLine(damaged == 0
            ? $"{Count.Of(findings.Count, "session")}, all whole"
            : $"damaged: {damaged} of {Count.Of(findings.Count, "session")}; a restart skips damaged ones");
    }

    private static object Json(string path, CheckpointFinding finding) =>
        new { Path = Path.GetRelativePath(path, finding.Path), finding.Row?.CommitId, finding.Defect, finding.Counts };

    private static string Describe(CheckpointFinding finding) => finding switch
    {
        { Defect: { } defect } => $"DAMAGED: {defect}",
        { Counts: true } => "ok",
        { Row.WorldSize: > 1 } => "ok, but not part of a complete valid session: never offered for restore",
        _ => "ok, but of a superseded process: never offered for restore",
    };
}
