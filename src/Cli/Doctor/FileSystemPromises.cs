using Cairn.Storage.Durable;

namespace Cairn.Cli.Doctor;

/// <summary>
/// What commits require of a file system, each tried in a scratch directory. A method returns what it saw. It throws
/// <see cref="PromiseBrokenException"/> or the system call's <see cref="DurableIOException"/> if the requirement is not met.
/// </summary>
internal sealed class FileSystemPromises(IDurableFiles files, Func<string, IDisposable> takeLock, string scratch)
{
    private const int Renames = 200;

    public string ExclusiveCreate()
    {
        var path = In("exclusive");
        Write(path, "first");
        MustBeRefused("a second exclusive create", () => files.Create(path).Dispose());
        return "a name can be created once";
    }

    /// <summary>Renames over one name repeatedly, while a reader must always see a whole version.</summary>
    public string AtomicRename()
    {
        var target = In("target");
        Write(target, Version(0));
        using var done = new CancellationTokenSource();
        using var looked = new ManualResetEventSlim();
        var reader = Task.Run(() => Watch(target, looked, done.Token), CancellationToken.None);
        looked.Wait(TimeSpan.FromSeconds(10));
        try
        {
            for (var i = 1; i <= Renames; i++)
            {
                Write(In("next"), Version(i));
                files.Rename(In("next"), target);
            }
        }
        finally
        {
            done.Cancel();
        }

        var looks = reader.GetAwaiter().GetResult();
        return Read(target) == Version(Renames)
            ? $"{Renames} times over a file that was being read, {looks} looks, each saw a whole version"
            : throw new PromiseBrokenException("after a rename the old content was still there");
    }

    public string DirectoryRename()
    {
        files.CreateDirectory(In("staged"));
        Write(Path.Combine(In("staged"), "manifest"), "whole");
        files.Rename(In("staged"), In("committed"));
        return Read(Path.Combine(In("committed"), "manifest")) == "whole" && !files.DirectoryExists(In("staged"))
            ? "a directory moves with its files"
            : throw new PromiseBrokenException("a renamed directory did not arrive whole under its new name");
    }

    public string Link()
    {
        Write(In("one"), "one");
        Write(In("other"), "other");
        files.Link(In("one"), In("linked"));
        MustBeRefused("a link onto a taken name", () => files.Link(In("other"), In("linked")));
        return Read(In("linked")) == "one"
            ? "a second name is given once"
            : throw new PromiseBrokenException("a link onto a taken name replaced it");
    }

    public string Fsync()
    {
        using (var file = files.Create(In("synced")))
        {
            file.Write("synced"u8);
            file.Sync();
            file.Close();
        }

        files.SyncDirectory(scratch);
        return "of a file and of a directory";
    }

    public string Lock()
    {
        using var held = takeLock(In("lock"));
        try
        {
            takeLock(In("lock")).Dispose();
        }
        catch (FencedException)
        {
            return "a second holder is refused";
        }

        throw new PromiseBrokenException("a lock was given to two holders at once");
    }

    private int Watch(string target, ManualResetEventSlim looked, CancellationToken done)
    {
        var looks = 0;
        while (!done.IsCancellationRequested)
        {
            var content = ReadUnlessGone(target);
            if (content.Length != Version(0).Length || content.Distinct().Count() != 1)
                throw new PromiseBrokenException("while a file was replaced by rename, a reader saw neither the old nor the new one whole");

            looks++;
            looked.Set();
        }

        return looks;
    }

    private string ReadUnlessGone(string path)
    {
        try
        {
            return Read(path);
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            throw new PromiseBrokenException("while a file was replaced by rename, its name was gone for a moment");
        }
    }

    private static void MustBeRefused(string what, Action act)
    {
        try
        {
            act();
        }
        catch (DurableIOException e) when (e.AlreadyExists)
        {
            return;
        }

        throw new PromiseBrokenException($"{what} was not refused");
    }

    // Each version repeats one letter, so that a mixture or a short read shows.
    private static string Version(int i) => new((char)('a' + (i % 26)), 4096);

    private string In(string name) => Path.Combine(scratch, name);

    private string Read(string path)
    {
        using var reader = new StreamReader(files.OpenRead(path));
        return reader.ReadToEnd();
    }

    private void Write(string path, string text)
    {
        using var file = files.Create(path);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        file.Close();
    }
}
