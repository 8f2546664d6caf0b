using System.Security.Cryptography;

namespace Cairn.Engine.Runs;

/// <summary>The files that shape a run's numbers.</summary>
public static class SpecInputs
{
    /// <summary>The settings that name files which the run reads, and their absolute paths, in a fixed order.</summary>
    public static IReadOnlyList<SpecEntry> InputFiles(this RunSpec spec) =>
        [.. RunSettings.Of(spec).SelectMany(setting => setting.InputFiles(spec))];

    /// <summary>The folders that the run reads, which have no digest as a whole: another run may be adding to them.</summary>
    public static IReadOnlyList<SpecEntry> InputFolders(this RunSpec spec) =>

    [
        .. SourceKinds.Of(spec.Initial).IsFolder ? [new SpecEntry("initial.path", spec.Initial.Path)] : Array.Empty<SpecEntry>(),
        .. spec.Model.Forcing.Where(f => f.Source?.Source == StoredRunSource.Name)
            .Select(f => new SpecEntry($"{f.Key}.path", f.Source!.Path)),
    ];

    /// <summary>The same settings with <c>sha256:</c> and the hex digest of the file's contents instead of its path; append it to
    /// <see cref="RunSpecComparison.ToNumerics"/> to have everything that must be equal on resume.</summary>
    /// <exception cref="DataException">A file cannot be read.</exception>
    public static async Task<IReadOnlyList<SpecEntry>> DigestInputsAsync(this RunSpec spec, CancellationToken cancellation = default)
    {
        var digests = new List<SpecEntry>();
        foreach (var (key, path) in spec.InputFiles())
            digests.Add(new(key, await DigestAsync(key, path, cancellation).ConfigureAwait(false)));
        foreach (var (key, path) in spec.Model.Of<IModelFile>()?.Parts ?? [])
            digests.Add(new(key, await DigestAsync(key, path, cancellation).ConfigureAwait(false)));
        return digests;
    }

    private static async Task<string> DigestAsync(string key, string path, CancellationToken cancellation)
    {
        try
        {
            var file = File.OpenRead(path);
            await using (file.ConfigureAwait(false))
            {
                return "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(
                $"{key} names {path}, which cannot be read: {e.Message} Expected a readable file; check that it exists and is readable.",
                e);
        }
    }
}
