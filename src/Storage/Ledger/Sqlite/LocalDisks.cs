namespace Cairn.Storage.Ledger.Sqlite;

/// <summary>
/// SQLite's locks and its shared memory hold on one machine only (sqlite.org/wal.html, sqlite.org/faq.html#q5): on a network file system
/// two machines would each believe to be alone.
/// </summary>
internal static class LocalDisks
{
    private static readonly string[] Networks =
    [
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncp", "ncpfs", "afs", "coda", "lustre", "gpfs", "beegfs", "ceph", "panfs",
        "pvfs2", "orangefs", "gfs", "gfs2", "ocfs2", "9p", "v9fs", "virtiofs", "vboxsf", "fuse", "glusterfs", "acfs", "fhgfs", "wekafs",
    ];

    /// <param name="file">The database's file, absolute; it need not exist.</param>
    /// <param name="fileSystemOf">The type of the file system of a directory.</param>
    /// <exception cref="SpecException">It would lie on a network file system.</exception>
    public static void Require(string file, Func<string, string> fileSystemOf)
    {
        var folder = Path.GetDirectoryName(file) ?? "/";
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder) ?? "/";
        }

        var type = fileSystemOf(folder);
        if (Networks.Contains(type, StringComparer.OrdinalIgnoreCase) || type.StartsWith("fuse.", StringComparison.OrdinalIgnoreCase))
        {
            throw new SpecException($"the ledger {file} would lie on a file system of type {type}, where SQLite's locks hold on one "
                + "machine only. Expected a local disk. For several machines name a PostgreSQL database (postgres://USER@HOST/DATABASE); "
                + "for one, set CAIRN_STATE to a folder of a local disk.");
        }
    }

    /// <summary>The type of a directory's file system on this machine, by statfs(2).</summary>
    public static string TypeOf(string directory) => new DriveInfo(directory).DriveFormat;
}
