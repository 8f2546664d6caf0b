using System.Text;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

public sealed class PosixFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-posix-").FullName;
    private readonly PosixFiles _files = new();

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string At(string name) => Path.Combine(_root, name);

    private void Put(string name, string text)
    {
        using var file = _files.Create(At(name));
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Sync();
        file.Close();
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        Put("a", "boundary");
        using var stream = new StreamReader(_files.OpenRead(At("a")));
        Assert.Equal("boundary", stream.ReadToEnd());
    }

    [Fact]
    public void Creating_a_name_that_is_taken_fails_and_leaves_the_file_alone()
    {
        Put("a", "old");
        var error = Assert.Throws<DurableIOException>(() => _files.Create(At("a")));
        Assert.True(error.AlreadyExists);
        Assert.Equal("open", error.Call);
        Assert.Contains(At("a"), error.Message, StringComparison.Ordinal);
        Assert.Contains("File exists", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(At("a")));
    }

    [Fact]
    public void Linking_to_a_taken_name_fails()
    {
        Put("a", "one");
        Put("b", "two");
        Assert.True(Assert.Throws<DurableIOException>(() => _files.Link(At("a"), At("b"))).AlreadyExists);
        Assert.Equal("two", File.ReadAllText(At("b")));
    }

    [Fact]
    public void Renaming_replaces_a_file_but_not_a_full_directory()
    {
        Put("a", "new");
        Put("b", "old");
        _files.Rename(At("a"), At("b"));
        Assert.Equal("new", File.ReadAllText(At("b")));
        Assert.False(_files.FileExists(At("a")));

        _files.CreateDirectory(At("d"));
        _files.CreateDirectory(At("e"));
        Put("e/x", "kept");
        Assert.Throws<DurableIOException>(() => _files.Rename(At("d"), At("e")));
        Assert.True(_files.FileExists(At("e/x")));
    }

    [Fact]
    public void A_directory_is_made_once_and_a_file_in_its_place_is_an_error()
    {
        Assert.True(_files.CreateDirectory(At("d")));
        Assert.False(_files.CreateDirectory(At("d")));
        Put("f", "");
        Assert.True(Assert.Throws<DurableIOException>(() => _files.CreateDirectory(At("f"))).AlreadyExists);
        _files.SyncDirectory(At("d"));
        Assert.True(Assert.Throws<DurableIOException>(() => _files.SyncDirectory(At("none"))).NotFound);
    }

    [Fact]
    public void Listing_is_in_ordinal_order_and_tells_links_from_files()
    {
        Put("b", "");
        Put("B", "");
        _files.CreateDirectory(At("a"));
        File.CreateSymbolicLink(At("c"), At("b"));
        DirectoryEntry[] expected = [new("B", false, true), new("a", true, false), new("b", false, true), new("c", false, false)];
        Assert.Equal(expected, _files.List(_root));
        Assert.Empty(_files.List(At("none")));
        Assert.False(_files.FileExists(At("c")));
    }

    [Fact]
    public void A_symbolic_link_is_not_read_through()
    {
        Put("secret", "x");
        File.CreateSymbolicLink(At("link"), At("secret"));
        Assert.Throws<DurableIOException>(() => _files.OpenRead(At("link")));
    }

    [Fact]
    public void A_directory_or_a_pipe_in_a_files_place_is_refused_without_hanging()
    {
        Assert.Throws<DurableIOException>(() => _files.OpenRead(_root));
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", At("pipe"));
        mkfifo.WaitForExit();
        var error = Assert.Throws<DurableIOException>(() => _files.OpenRead(At("pipe")));
        Assert.Contains("not a regular file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zero_byte_in_a_path_is_refused()
    {
        Assert.Throws<DurableIOException>(() => _files.Create(At("a\0b")));
        Assert.False(File.Exists(At("a")));
    }

    [Fact]
    public void A_looking_error_is_not_taken_for_absence()
    {
        var tooLong = At(new string('x', 300));
        Assert.Equal(36, Assert.Throws<DurableIOException>(() => _files.FileExists(tooLong)).Errno);
        Put("f", "");
        Assert.False(_files.FileExists(At("f/below")));
    }

    [Fact]
    public void A_full_disk_is_reported_as_full()
    {
        // /dev/full answers every write with ENOSPC.
        using var file = new PosixFile(LibC.Open("/dev/full", LibC.WriteOnly, 0), "/dev/full");
        Assert.True(Assert.Throws<DurableIOException>(() => file.Write([1])).DiskFull);
        Assert.Throws<DurableIOException>(file.Sync);
    }

    [Fact]
    public void A_closed_file_takes_no_more_bytes()
    {
        var file = _files.Create(At("a"));
        file.Close();
        Assert.Throws<ObjectDisposedException>(() => file.Write([1]));
        file.Dispose();
    }

    [Fact]
    public void Without_durability_only_the_fsyncs_are_left_out()
    {
        var recording = new RecordingFiles("/d");
        var files = new NoSyncFiles(recording);
        using (var file = files.Create("/d/a"))
        {
            file.Write([1, 2]);
            file.Sync();
            file.Close();
        }

        files.SyncDirectory("/d");
        files.Rename("/d/a", "/d/b");
        Assert.Equal(["open /d/a", "write /d/a", "close /d/a", "rename /d/a -> /d/b"], recording.Operations.Select(o => o.ToString()));
    }
}
