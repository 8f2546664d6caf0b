using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

public sealed class DurableTreeTests
{
    [Fact]
    public void Only_directories_that_were_missing_are_made_and_their_parents_synced_innermost_first()
    {
        var files = new RecordingFiles("/run");
        var created = DurableTree.CreateDirectories(files, "/run/a/b/c");
        Assert.Equal(["/run/a", "/run/a/b", "/run/a/b/c"], created);
        Assert.Empty(DurableTree.CreateDirectories(files, "/run/a/b/c"));

        DurableTree.SyncCreated(files, created);
        Assert.Equal(["fsync /run/a/b", "fsync /run/a", "fsync /run"], files.Operations.TakeLast(3).Select(o => o.ToString()));
        Assert.All(files.CrashStates(20), crashed => Assert.True(crashed.DirectoryExists("/run/a/b/c")));
    }

    [Fact]
    public void Every_directory_of_a_tree_is_synced()
    {
        var files = new RecordingFiles("/t/a/x", "/t/b");
        DurableTree.SyncTree(files, "/t");
        Assert.Equal(["/t", "/t/a", "/t/a/x", "/t/b"], files.Operations.Select(o => o.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Deleting_a_tree_never_follows_a_link()
    {
        var root = Directory.CreateTempSubdirectory("cairn-tree-").FullName;
        try
        {
            var outside = Path.Combine(root, "outside");
            Directory.CreateDirectory(outside);
            File.WriteAllText(Path.Combine(outside, "precious"), "x");
            Directory.CreateDirectory(Path.Combine(root, "tree/deep"));
            File.WriteAllText(Path.Combine(root, "tree/deep/file"), "x");
            Directory.CreateSymbolicLink(Path.Combine(root, "tree/deep/link"), outside);
            Directory.CreateSymbolicLink(Path.Combine(root, "direct"), outside);

            var files = new PosixFiles();
            Assert.True(DurableTree.DeleteTree(files, Path.Combine(root, "tree")));
            Assert.True(DurableTree.DeleteTree(files, Path.Combine(root, "direct/")));
            Assert.False(DurableTree.DeleteTree(files, Path.Combine(root, "tree")));
            Assert.False(Directory.Exists(Path.Combine(root, "tree")));
            Assert.False(Directory.Exists(Path.Combine(root, "direct")));
            Assert.True(File.Exists(Path.Combine(outside, "precious")));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("")]
    [InlineData("a/\0")]
    [InlineData("link/x")]
    [InlineData("a/link")]
    [InlineData("a")]
    [InlineData("a/none")]
    public void A_path_that_leads_out_or_nowhere_is_refused(string relative)
    {
        var files = new RecordingFiles("/c/a");
        files.Seed("/c/a/f", [1]);
        files.SeedLink("/c/link");
        files.SeedLink("/c/a/link");
        Assert.Throws<DataException>(() => ContainedPath.ResolveFile(files, "/c", relative));
        Assert.Equal("/c/a/f", ContainedPath.ResolveFile(files, "/c", "a/f"));
    }
}
