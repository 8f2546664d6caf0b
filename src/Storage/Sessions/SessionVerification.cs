using Cairn.Storage.Catalog;

namespace Cairn.Storage.Sessions;

/// <summary>Reads every byte of a session's commits and holds it against their manifests.</summary>
internal static class SessionVerification
{
    /// <summary>What does not hold, naming the file; null when everything does.</summary>
    public static string? Defect(IDurableFiles files, Session session)
    {
        if (session.Defect is not null)
            return session.Defect;

        try
        {
            foreach (var rank in session.Ranks)
                new CommitReader(files, rank.Manifest).Verify();

            return null;
        }
        catch (DataException e)
        {
            return e.Message;
        }
    }

    /// <summary>Whether every file is there, as long as it was committed. Earth2Studio's commits, which list none, are read.</summary>
    public static bool HasFiles(IDurableFiles files, Session session) =>
        session.Ranks.Any(rank => rank.Manifest.Files is null)
            ? Defect(files, session) is null
            : session.Defect is null && session.Ranks.All(rank => HasFiles(files, rank.Manifest));

    private static bool HasFiles(IDurableFiles files, Manifest manifest)
    {
        try
        {
            return manifest.Files!.All(file => files.LengthOf(ContainedPath.Join(manifest.Row.Directory, file.Path)) == file.Bytes);
        }
        catch (Exception e) when (e is DataException || (e is DurableIOException refused && BoundedFile.IsDamage(refused)))
        {
            return false;
        }
    }
}
