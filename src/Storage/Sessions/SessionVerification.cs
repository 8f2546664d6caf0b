using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Sessions;

/// <summary>Reads every byte of a session's commits and holds it against their manifests.</summary>
internal static class SessionVerification
{
    /// <summary>What does not hold, naming the file; null when everything does.</summary>
    public static string? Defect(IDurableFiles files, Session session)
    {
        if (session.Defect is not null)
        {
            return session.Defect;
        }

        try
        {
            foreach (var rank in session.Ranks)
            {
                new CommitReader(files, rank.Manifest).Verify();
            }

            return null;
        }
        catch (DataException e)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// Whether every file is there, as long as it was committed. Earth2Studio's commits, which list none, are read.
    /// </summary>
    public static bool HasFiles(IDurableFiles files, Session session) =>
        session.Ranks.Any(rank => rank.Manifest.Files is null)
            ? Defect(files, session) is null
            : session.Defect is null && session.Ranks.All(rank => HasFiles(files, rank.Manifest));

    private static bool HasFiles(IDurableFiles files, Manifest manifest)
    {
        var tree = new ContainedTree(files, manifest.Row.Directory);
        try
        {
            foreach (var file in manifest.Files!)
            {
                using var stream = BoundedFile.Open(files, tree.ResolveFile(file.Path));
                if (stream.Length != file.Bytes)
                {
                    return false;
                }
            }

            return true;
        }
        catch (DataException)
        {
            return false;
        }
    }
}
