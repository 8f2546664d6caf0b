using System.Security.Cryptography;

namespace Cairn.Cli.Tests.Surroundings;

/// <summary>Language, time zone and what stands behind a pipe change nothing of what a run writes, and nothing of how it ends.</summary>
public sealed class LanguageTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void Decimal_commas_other_letters_and_time_zones_give_the_same_bytes_and_the_same_words()
    {
        _line.Spec("ensemble { perturbation { kind = gaussian, amplitude = 0.5 } }");
        var plain = Run("plain", "LC_ALL=C.UTF-8 TZ=UTC");
        string[] others = ["LANG=C LC_ALL=C", "LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8", "LC_ALL=tr_TR.UTF-8 TZ=Pacific/Chatham"];
        foreach (var surroundings in others)
        {
            Assert.Equal(plain, Run("other", surroundings + " "));
            Directory.Delete(_line["other"], recursive: true);
        }
    }

    [Fact]
    public void A_reader_that_goes_away_ends_no_run_and_shows_no_stack_trace()
    {
        var spec = _line.Spec();
        var run = Shell.Run(_line.Folder, $"set -o pipefail; $CAIRN run {spec} | head -n 1");
        Assert.True(run.Exit == 0, $"{run}");
        Assert.StartsWith("run trial:", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);

        var status = Shell.Run(_line.Folder, "$CAIRN status out/checkpoints; $CAIRN checkpoints ls out/checkpoints | head -n 1");
        Assert.Contains("run trial: complete", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", status.Error, StringComparison.Ordinal);
    }

    /// <summary>The digests of the store's files, and the lines of a status, without what differs from run to run.</summary>
    private List<string> Run(string name, string surroundings)
    {
        var run = Shell.Run(_line.Folder, $"""
            export {surroundings}
            $CAIRN run run.conf --out {name} >/dev/null && $CAIRN status {name}/checkpoints | cut -c 1-40
            """);
        Assert.True(run.Exit == 0, $"{surroundings}: {run}");
        var store = _line[$"{name}/fields.zarr"];
        return
        [
            .. run.Output.Split('\n'),
            .. Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file =>
                $"{Path.GetRelativePath(store, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"),
        ];
    }
}
