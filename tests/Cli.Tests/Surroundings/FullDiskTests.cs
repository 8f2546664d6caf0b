namespace Cairn.Cli.Tests.Surroundings;

/// <summary>File systems of a mount namespace of their own: one that is full, and one that nobody may write.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Apart = "unshare --map-root-user --mount", Why = "mount namespaces are not permitted here";
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [SkippableFact]
    public void A_run_on_a_full_disk_fails_by_that_name_and_goes_on_when_there_is_room()
    {
        Skip.IfNot(Shell.Can($"{Apart} mount -t tmpfs none /mnt"), Why);
        _line.Spec("""
            ensemble { perturbation { kind = gaussian, amplitude = 0.5 } }
            supervision { first-pause = 1ms, longest-pause = 2ms }
            """);
        var run = InNamespace("""
            $CAIRN run run.conf --out calm >/dev/null || exit 9
            mkdir small && mount -t tmpfs -o size=48k none small
            $CAIRN run run.conf --out small/run; echo "full: $?"
            mount -o remount,size=64m small
            $CAIRN run run.conf --out small/run; echo "room: $?"
            diff -r calm/fields.zarr small/run/fields.zarr; echo "difference: $?"
            """);

        Assert.Contains("full: 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("No space left on device", run.Error, StringComparison.Ordinal);
        Assert.Contains("room: 0", run.Output, StringComparison.Ordinal);
        Assert.Contains("difference: 0", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_run_into_a_read_only_file_system_is_ended_by_that_name()
    {
        Skip.IfNot(Shell.Can($"{Apart} mount -t tmpfs none /mnt"), Why);
        _line.Spec();
        var run = InNamespace("""
            mkdir fixed && mount -t tmpfs -o ro none fixed
            $CAIRN run run.conf --out fixed/run; echo "ended: $?"
            """);

        Assert.Contains("Read-only file system", run.Error, StringComparison.Ordinal);
        Assert.Contains("mounted read-only: use another path", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("ended: 0", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private Shell InNamespace(string script)
    {
        File.WriteAllText(_line["script.sh"], script);
        return Shell.Run(_line.Folder, $"{Apart} bash script.sh");
    }
}
