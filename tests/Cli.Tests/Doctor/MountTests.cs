using Cairn.Cli.Doctor;

namespace Cairn.Cli.Tests.Doctor;

public sealed class MountTests
{
    private static readonly string[] Table =
    [
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw",
        "23 22 0:5 / /data rw - nfs4 server:/export rw,vers=4.2,hard",
        "24 22 0:6 / /data/fast\\040disk rw - xfs /dev/nvme0n1 rw",
        "25 22 0:7 / /data rw - lustre mds:/big rw",
        "not a mount at all",
    ];

    [Theory]
    [InlineData("/scratch/ann", "ext4")]
    [InlineData("/database", "ext4")]
    [InlineData("/data", "lustre")]
    [InlineData("/data/fast disk/run", "xfs")]
    public void A_path_lies_on_its_longest_mount_and_a_later_one_hides_an_earlier(string path, string type) =>
        Assert.Equal(type, Mount.Holding(path, Table)!.Type);

    [Theory]
    [InlineData("ext4", "rw,relatime", Standing.Good)]
    [InlineData("lustre", "rw,flock", Standing.Good)]
    [InlineData("ext4", "rw,nobarrier", Standing.Broken)]
    [InlineData("xfs", "rw,barrier=0", Standing.Broken)]
    [InlineData("tmpfs", "rw", Standing.Limited)]
    [InlineData("overlay", "rw", Standing.Limited)]
    [InlineData("nfs4", "rw,hard", Standing.Limited)]
    [InlineData("nfs", "rw,soft", Standing.Limited)]
    [InlineData("fuse.sshfs", "rw", Standing.Limited)]
    internal void A_file_system_is_judged_by_its_type_and_options(string type, string options, Standing expected)
    {
        var finding = MountAdvice.Judge(new Mount("/", type, "/dev/vda", options.Split(',')));

        Assert.Equal(expected, finding.Standing);
        Assert.Equal(expected == Standing.Good, finding.Cure is null);
    }

    [Fact]
    public void A_soft_network_mount_is_told_to_be_hard() =>
        Assert.Contains("hard", MountAdvice.Judge(new Mount("/", "nfs4", "s:/e", ["rw", "soft"])).Cure, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_mount_is_a_limit() => Assert.Equal(Standing.Limited, MountAdvice.Judge(null).Standing);
}
