using Cairn.Cli.Status;
using Cairn.Engine.Mesh;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Chm;
using Cairn.Storage.Chm.Conversion;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Checkpoints.Chm;

/// <summary>Converts CHM's checkpoints into catalogs and back, and reports what had to be left out.</summary>
internal static class Conversion
{
    public static Converted FromChm(IReadOnlyList<ChmListed> found, string destination, string to)
    {
        List<ChmCheckpoint> checkpoints = [.. found.Select(c => ChmCheckpoint.Open(c.Path))];
        return to == ExportTarget.Chm
            ? ChmJoin.Write(checkpoints, destination, new PosixFiles())
            : ChmToCatalog.Write(checkpoints, destination, to == ExportTarget.EarthStudio, new PosixFiles());
    }

    public static Converted ToChm(string path, string destination, int? row, string? initialTime)
    {
        var folders = CatalogPaths.FindWhole(path);
        if (folders is not [var catalog])
        {
            throw new SpecException($"{path} holds {folders.Count} catalogs, and a CHM checkpoint holds one state. Name one of them: "
                + string.Join(", ", folders));
        }

        var run = MeshNamesOf(catalog);
        var zero = initialTime is null ? run?.InitialTime : Time(initialTime);
        var names = run is null ? null : new MeshNames(RolloutState.Id, run.Variables, [.. run.GlobalIds.Select(id => (long)id)]);
        return CatalogToChm.Write(catalog, destination, row, zero, names, new PosixFiles());
    }

    /// <summary>A mesh run's catalogs hold tensors; its record and its mesh give the meaning of rows and columns.</summary>
    private static MeshStateNames? MeshNamesOf(string catalog)
    {
        var run = Path.GetDirectoryName(Path.GetFullPath(catalog).TrimEnd('/'))!;
        return RunFolders.IsRun(run) ? MeshStateNames.Of(RunRecord.Read(Path.Combine(run, RunRecord.FileName)).Spec) : null;
    }

    private static DateTime Time(string text) => DateTime.TryParse(
        text, System.Globalization.CultureInfo.InvariantCulture,
        System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out var time)
        ? time
        : throw new SpecException($"--initial-time is '{text}'; expected a time in UTC such as 1996-09-11T00:30:00.");
}

/// <summary>The values of <c>--to</c>.</summary>
internal static class ExportTarget
{
    public const string Chm = "chm";
    public const string EarthStudio = "earth2studio";
    public const string Cairn = "cairn";
}
