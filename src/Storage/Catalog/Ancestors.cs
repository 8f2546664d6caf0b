using Cairn.Storage.Durable;

namespace Cairn.Storage.Catalog;

/// <summary>The directories above a catalog: what lies in it is only as durable as the entries that lead to it.</summary>
internal static class Ancestors
{
    private static readonly int[] NotOurs = [1, 13, 22, 30]; // EPERM, EACCES, EINVAL, EROFS

    /// <summary>fsyncs every directory above <paramref name="path"/>, up to the first that this user may not open.</summary>
    public static void Sync(IDurableFiles files, string path)
    {
        for (var at = Path.GetDirectoryName(path); at is not null; at = Path.GetDirectoryName(at))
        {
            try
            {
                files.SyncDirectory(at);
            }
            catch (DurableIOException e) when (NotOurs.Contains(e.Errno))
            {
                // Its owner created it before, and what this user created is below it.
                return;
            }
        }
    }
}
