namespace Cairn.Cli.Tests.Run;

/// <summary>A mesh run that begins from one of CHM's checkpoints says so, wherever it says where it begins and what it steps.</summary>
public sealed class ChmStartTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void The_checkpoint_its_time_and_what_is_stepped_are_told_at_the_start_and_by_the_status()
    {
        Run("first", "lead-times.count=2", "checkpoint.save_checkpoint=true", "checkpoint.on_last=true");
        var checkpoint = Assert.Single(Directory.GetFiles(_line["first/checkpoints/chm/checkpoint"], "*.json"));

        var output = Run("second", "lead-times.count=5", $"checkpoint.load_checkpoint_path={checkpoint}");
        var (_, status, _) = CommandLine.Invoke("status", _line["second"]);

        var told = $"begun from CHM's checkpoint {checkpoint} of 1996-09-12 00:30:00: the first step is to 1996-09-12 01:00:00, "
            + "the last to 1996-09-13 12:30:00 (72 steps, 3 boundaries)\n";
        Assert.Contains("3 boundaries to lead time 36 h\n" + told, output, StringComparison.Ordinal);
        Assert.Contains($"member 0: starts from CHM's checkpoint {checkpoint} (epoch 1)\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("initial condition", output, StringComparison.Ordinal);
        Assert.Contains(told, status, StringComparison.Ordinal);
    }

    private string Run(string name, params string[] settings)
    {
        string[] all =
        [
            "lead-times.every=12h", "checkpoint.flush-interval=1", "output.lead-times-per-chunk=1", "output.netcdf=null",
            "output.picture=off", "checkpoint.durability=none", .. settings,
        ];
        var (code, output, error) = CommandLine.Invoke(
        [
            "run", Path.Combine(CommandLine.Root, "examples", "granger-winter.conf"), "--out", _line[name], "--plain",
            .. all.SelectMany(setting => (string[])["--set", setting]),
        ]);
        Assert.True(code == 0, error);
        return output;
    }
}
