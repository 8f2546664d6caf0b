using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Cairn.Cluster.Tests;

/// <summary>docs/extend.md, followed word by word: its files are written, its commands run in a shell, one after the other.</summary>
public sealed partial class ExtensionPageTests(ITestOutputHelper log) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Whoever_follows_the_page_has_a_model_a_source_a_perturbation_a_noise_and_a_store_of_his_own_that_survive_a_kill()
    {
        var folder = Follow();
        var text = await ShellAsync(folder, string.Join('\n', Commands()));

        Assert.Contains("model decay, source cone, perturbation wave, noise bands, field store flat", text, StringComparison.Ordinal);
        Assert.Contains("belongs to  model.kind = decay", text, StringComparison.Ordinal);
        Assert.Contains("equal: ", text, StringComparison.Ordinal);
        TestFiles.AssertSameBytes(Path.Combine(folder, "calm", "fields"), Path.Combine(folder, "killed", "fields"));
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "calm", "forecast.html")),
            File.ReadAllBytes(Path.Combine(folder, "killed", "forecast.html")));
        await BeginFromItAndDeriveAsync(folder);
        await GoOnElsewhereAsync(folder);
    }

    /// <summary>What else asks for fields reads the store too: derived files, branches, runs that begin from it, verification.</summary>
    private async Task BeginFromItAndDeriveAsync(string folder)
    {
        var text = await ShellAsync(folder, $$"""
            export CAIRN_EXTENSIONS={{Assembly(folder)}}
            cairn derive calm/checkpoints --netcdf calm/fields.nc
            cairn picture calm/fields -o calm/again.html
            cairn branch calm/checkpoints@42h branched --set model.time-scale=1d
            cairn run branched/spec.conf
            cairn run pasture.conf --out second --set initial.source=zarr --set initial.path=calm/fields --set initial.variables.h=h
            cairn verify-forecast calm/checkpoints --truth calm/fields --variable h=h --member 0
            """);

        Assert.Contains("calm/fields.nc", text, StringComparison.Ordinal);
        Assert.Contains("rmse", text, StringComparison.Ordinal);
        Assert.Contains("run branched is complete", text, StringComparison.Ordinal);
    }

    /// <summary>A process without the extension says what it lacks; another build of it is another fingerprint.</summary>
    private async Task GoOnElsewhereAsync(string folder)
    {
        var without = await ShellAsync(folder, "cairn status calm/checkpoints || true; cairn run pasture.conf --out calm || true");
        Assert.Contains("has 1 mistake:", without, StringComparison.Ordinal);
        Assert.Contains("extensions: found Pasture, which is not loaded here", without, StringComparison.Ordinal);
        Assert.Contains("model.kind: found \"decay\"", without, StringComparison.Ordinal);

        var another = await ShellAsync(folder, $"""
            dotnet build -c Release --nologo -v q -nodeReuse:false -p:Version=1.0.1
            export CAIRN_EXTENSIONS={Assembly(folder)}
            cairn run pasture.conf --out calm --set lead-times.count=14 || true
            cairn run pasture.conf --out calm --set lead-times.count=14 --set checkpoint.on-fingerprint-change=warn
            """);
        Assert.Matches("extension Pasture: was 1.0.0 sha256:[0-9a-f]+, now 1.0.1 sha256:", another);
        Assert.Contains("run pasture is complete", another, StringComparison.Ordinal);
    }

    /// <summary>Writes the page's files into a folder.</summary>
    private string Follow()
    {
        var folder = Directory.CreateDirectory(_scratch["Pasture"]).FullName;
        var files = FileOnPage().Matches(Page).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["text"].Value);
        Assert.Equal(8, files.Count);
        foreach (var (name, text) in files)
            File.WriteAllText(Path.Combine(folder, name), text);

        return folder;
    }

    private static string Page { get; } = File.ReadAllText(Path.Combine(TestFiles.Root, "docs", "extend.md"));

    private static IEnumerable<string> Commands() => CommandsOnPage().Matches(Page).Select(m => m.Groups["text"].Value);

    private static string Assembly(string folder) => Path.Combine(folder, "bin", "Release", "net10.0", "Pasture.dll");

    /// <summary>Runs lines of a shell, with a command <c>cairn</c>; the first that fails ends them.</summary>
    private async Task<string> ShellAsync(string folder, string lines)
    {
        var commands = Directory.CreateDirectory(_scratch["commands"]).FullName;
        var cairn = Path.Combine(commands, "cairn");
        await File.WriteAllTextAsync(cairn, $"#!/bin/sh\nexec dotnet {CairnProcess.CliAssembly} \"$@\"\n");
        File.SetUnixFileMode(cairn, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("bash", ["-euc", "exec 2>&1\n" + lines])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true,
            Environment =
            {
                ["CAIRN"] = Path.GetDirectoryName(CairnProcess.CliAssembly),
                ["PATH"] = $"{commands}:{Environment.GetEnvironmentVariable("PATH")}",
                ["MSBUILDDISABLENODEREUSE"] = "1",
                ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
                ["UseSharedCompilation"] = "false",
            },
        };
        using var shell = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var text = await shell.StandardOutput.ReadToEndAsync(limit.Token);
        await shell.WaitForExitAsync(limit.Token);
        log.WriteLine(text);
        Assert.True(shell.ExitCode == 0, text);
        return text;
    }

    [GeneratedRegex(@"`(?<name>\w+\.(?:cs|csproj|conf))`:\n\n```\w+\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex FileOnPage();

    [GeneratedRegex(@"```sh\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CommandsOnPage();
}
