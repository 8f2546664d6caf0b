namespace Cairn.Cli.Doctor;

/// <summary>What a file system's type and mount options imply, before anything is tried on it.</summary>
internal static class MountAdvice
{
    public static Finding Judge(Mount? mount)
    {
        const string Subject = "file system";
        if (mount is null)
            return Finding.Limited(Subject, "its mount was not found", "Look it up with findmnt; the tests below cannot show everything.");

        var found = $"{mount.Type} on {mount.Point} ({mount.Source})";
        if (mount.Options.Any(o => o is "nobarrier" or "barrier=0"))
        {
            return Finding.Broken(Subject, $"{found}, mounted without write barriers: fsync does not reach the disk",
                "Mount it with barriers (without nobarrier).");
        }

        var (limit, cure) = Limit(mount);
        return limit.Length > 0 ? Finding.Limited(Subject, $"{found}: {limit}", cure) : Finding.Good(Subject, found);
    }

    private static (string Limit, string Cure) Limit(Mount mount) => mount.Type switch
    {
        "tmpfs" or "ramfs" or "devtmpfs" => ("it is in memory, and nothing survives a reboot", "Keep checkpoints on a disk."),
        "overlay" or "aufs" => ("a container's own layer, which is deleted with the "
            + "container", "Mount a volume and keep checkpoints there."),
        "nfs" or "nfs4" when mount.Options.Contains("soft") => ("a soft mount gives up, and writes are lost", "Mount it with hard."),
        "nfs" or "nfs4" when mount.Options.Contains("nolock") => ("locks work on one machine only", "Mount it without nolock."),
        "nfs" or "nfs4" => ("other machines see a new session late, by its attribute cache", "Mount it with hard, and actimeo=3 or less."),
        "cifs" or "smb3" or "9p" or "vboxsf" or "drvfs" or "virtiofs" => ("the meaning of fsync depends on the host behind it",
            "Keep checkpoints on a disk of this machine or on a cluster file system."),
        var type when type.StartsWith("fuse", StringComparison.Ordinal) => ("the meaning of fsync depends on the program behind it",
            "Check its manual for fsync and rename, or keep checkpoints elsewhere."),
        _ => ("", ""),
    };
}
