using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

/// <summary>The entry point of this assembly when it is started as a process of its own, so that strace can inject faults into real system
/// calls. Prints what the code under test reported.</summary>
internal static class FsyncProbe
{
    public static int Main(string[] args)
    {
        if (args is ["mpi", var library])
            return Catalog.MpiProbe.Run(library);

        if (args is not [var what, var directory])
        {
            Console.Error.WriteLine("Usage: (file|directory|commits) PATH, or mpi LIBRARY");
            return 2;
        }

        if (what == "commits")
        {
            Faults.KillProbe.Run(directory);
            return 0;
        }

        try
        {
            Write(what, directory);
            Console.WriteLine("reported: nothing");
        }
        catch (DurableIOException e)
        {
            Console.WriteLine($"reported: {e.Call} {e.Errno} {e.Message}");
        }

        return 0;
    }

    private static void Write(string what, string directory)
    {
        var files = new PosixFiles();
        if (what == "directory")
        {
            files.SyncDirectory(directory);
            return;
        }

        using var file = files.Create(Path.Combine(directory, "probe"));
        file.Write("0123456789"u8);
        file.Sync();
        file.Close();
    }
}
