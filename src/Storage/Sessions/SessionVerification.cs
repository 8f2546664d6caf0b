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
}
