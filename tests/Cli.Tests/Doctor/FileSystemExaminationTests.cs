using Cairn.Cli.Doctor;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Tests.Doctor;

public sealed class FileSystemExaminationTests : IDisposable
{
    private static readonly string[] OneDisk = ["36 1 254:0 / / rw,relatime - ext4 /dev/vda rw"];

    private readonly string _place = Directory.CreateTempSubdirectory("cairn-doctor-test-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void A_sound_file_system_keeps_every_promise_and_is_left_as_it_was()
    {
        var section = Examine(new PosixFiles()).Run(_place);

        Assert.All(section.Findings, f => Assert.NotEqual(Standing.Broken, f.Standing));
        Assert.Equal(
            [
                "file system", "space", "exclusive create", "rename", "rename of a directory", "link", "fsync", "lock", "fsync time",
                "write speed",
            ],
            section.Findings.Select(f => f.Subject));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_place));
    }

    [Theory]
    [InlineData(FaithlessFiles.Exclusive)]
    [InlineData(FaithlessFiles.Rename)]
    [InlineData(FaithlessFiles.RenameOfDirectory)]
    [InlineData(FaithlessFiles.Linking)]
    [InlineData(FaithlessFiles.Sync)]
    public void A_broken_promise_is_found_named_and_cleaned_up_after(string promise)
    {
        var section = Examine(new FaithlessFiles(new PosixFiles(), promise)).Run(_place);

        var broken = Assert.Single(section.Findings, f => f.Standing == Standing.Broken);
        Assert.Equal(promise, broken.Subject);
        Assert.NotNull(broken.Cure);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_place));
    }

    [Fact]
    public void A_lock_given_twice_is_found()
    {
        var careless = new FileSystemExamination(new PosixFiles(), _ => Stream.Null, TimeProvider.System, OneDisk, _ => long.MaxValue)
        {
            MebibytesToWrite = 1,
        };

        Assert.Equal("lock", Assert.Single(careless.Run(_place).Findings, f => f.Standing == Standing.Broken).Subject);
    }

    [Fact]
    public void A_path_that_is_not_there_yet_is_tried_at_its_nearest_directory()
    {
        var section = Examine(new PosixFiles()).Run(Path.Combine(_place, "not", "yet"));

        Assert.Contains($"tested in {_place}", section.Title, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_place, "not")));
    }

    [Fact]
    public void Little_room_is_a_limit_and_not_a_defect()
    {
        var full = new FileSystemExamination(new PosixFiles(), Lock, TimeProvider.System, OneDisk, _ => 1L << 20) { MebibytesToWrite = 1 };

        Assert.Equal(Standing.Limited, full.Run(_place).Findings.Single(f => f.Subject == "space").Standing);
    }

    private static FileSystemExamination Examine(IDurableFiles files) =>
        new(files, Lock, TimeProvider.System, OneDisk, _ => long.MaxValue) { MebibytesToWrite = 1 };

    private static RunLock Lock(string path) => RunLock.Acquire(path, TimeProvider.System);
}
