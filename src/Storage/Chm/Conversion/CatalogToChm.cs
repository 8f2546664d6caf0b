using System.Security.Cryptography;
using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.Words;

namespace Cairn.Storage.Chm.Conversion;

/// <summary>What the arrays of a catalog mean where it does not say so itself.</summary>
/// <param name="StateId">The one state that is meant; all others are left out.</param>
/// <param name="Variables">The names of the rows of its arrays <c>[variable, triangle]</c>: <c>module:variable</c>.</param>
/// <param name="GlobalIds">The numbers of the triangles, in their order.</param>
public sealed record MeshNames(string StateId, IReadOnlyList<string> Variables, IReadOnlyList<long> GlobalIds);

/// <summary>Writes the sessions of a catalog, Cairn's or Earth2Studio's, as CHM checkpoints of one rank.</summary>
public static class CatalogToChm
{
    /// <summary>Makes a folder of checkpoints, the triangles in the order of their numbers.</summary>
    /// <param name="path">One catalog; of several ranks the folder that holds theirs.</param>
    /// <param name="destination">The new folder: not there yet, or empty.</param>
    /// <param name="row">Only this one of its sessions, negative from the end; null for all.</param>
    /// <param name="initialTime">When lead time zero is; needed where the metadata has no <c>restart_time</c>.</param>
    /// <param name="names">What the arrays mean, where the catalog does not say so itself.</param>
    /// <param name="files">The file system.</param>
    /// <exception cref="SpecException">There is no such session, no time is known, or something is at the destination.</exception>
    /// <exception cref="DataException">A session is damaged, or holds nothing over triangles; nothing was written.</exception>
    public static Converted Write(
        string path, string destination, int? row, DateTime? initialTime, MeshNames? names, IDurableFiles files)
    {
        var chosen = Choose(path, row, files);
        return Destination.Make(files, destination, staging =>
        {
            var writer = new ChmWriter(files, staging);
            var (written, leftOut) = (new List<string>(), new List<string>());
            foreach (var session in chosen)
            {
                var (state, without) = NamedArrays.Of(new SessionReader(files, session, 0, 1), names);
                written.Add(writer.WriteAlone(TimeOf(session, initialTime), state));
                leftOut.AddRange(without);
            }

            leftOut.AddRange(chosen.SelectMany(s => s.Metadata.Keys).Where(k => k is not ("lead_time" or ChmToCatalog.RestartTime))
                .Select(key => $"The metadata {key}: a CHM checkpoint has none."));
            return new Converted(written, [.. leftOut.Distinct()]);
        });
    }

    private static List<Session> Choose(string path, int? row, IDurableFiles files)
    {
        var sessions = Checkpoint.ReadSessions(path, files).Sessions;
        var at = row is { } index ? index < 0 ? sessions.Count + index : index : 0;
        if (sessions.Count == 0 || at < 0 || at >= sessions.Count)
            throw new SpecException(sessions.Count == 0
                ? $"{path} has no valid session; there is nothing to export."
                : $"The catalog {path} has {Count.Of(sessions.Count, "session")}; there is no session {row}.");

        List<Session> chosen = row is null ? [.. sessions] : [sessions[at]];
        var catalog = new SessionCatalog(new CheckpointOptions { Path = path, Files = files });
        return chosen.Select(catalog.Defect).FirstOrDefault(d => d is not null) is { } defect ? throw new DataException(defect) : chosen;
    }

    private static ChmTime TimeOf(Session session, DateTime? initialTime)
    {
        if (session.Metadata.GetValueOrDefault(ChmToCatalog.RestartTime) is NumpyDateTime64 told
            && DateTime.TryParse(
                told.Value, System.Globalization.CultureInfo.InvariantCulture,
                System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out var time))
        {
            return ChmTime.From(time);
        }

        return initialTime is { } zero && session.LeadTime is { } lead ? ChmTime.From(zero + lead) : throw new SpecException(
            $"The time of the session {session.Id} is unknown: it has no {ChmToCatalog.RestartTime} in its metadata, and "
            + (session.LeadTime is null ? "no lead time either." : "only a lead time. Give the time of lead time zero: --initial-time "
                + "TIME."));
    }
}

/// <summary>A folder that appears whole under its name, or not at all.</summary>
internal static class Destination
{
    /// <summary>Lets <paramref name="write"/> fill a folder beside the destination, makes it durable and renames it there.</summary>
    /// <exception cref="SpecException">There is something at the destination.</exception>
    public static T Make<T>(IDurableFiles files, string destination, Func<string, T> write)
    {
        var target = Path.GetFullPath(destination).TrimEnd('/');
        if (files.FileExists(target) || files.List(target).Count > 0)
            throw new SpecException(
                $"{target} exists already and is not empty. Name a folder that does not exist yet; nothing was written.");

        var parent = Path.GetDirectoryName(target) ?? throw new SpecException($"{destination} cannot become a folder of checkpoints.");
        _ = DurableTree.CreateDirectories(files, parent);
        var staging = Path.Combine(parent, $".tmp_export_{RandomNumberGenerator.GetHexString(12, lowercase: true)}");
        var renamed = false;
        try
        {
            var result = write(staging);
            DurableTree.SyncTree(files, staging);
            // An empty directory gives way to a rename; one that was filled meanwhile does not.
            files.Rename(staging, target);
            renamed = true;
            Ancestors.Sync(files, target);
            return result;
        }
        finally
        {
            if (!renamed)
                _ = DurableTree.DeleteTree(files, staging);
        }
    }
}
