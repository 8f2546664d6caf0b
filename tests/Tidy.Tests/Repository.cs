using System.Diagnostics;
using System.Reflection;

namespace Cairn.Tidy.Tests;

/// <summary>
/// The files that the project consists of: what git tracks or would track, or, in an exported copy, everything but build outputs.
/// </summary>
public static class Repository
{
    private static readonly string[] BuildOutputs = ["bin", "obj", "out", "build", ".git", ".cairn", "TestResults", "__pycache__"];

    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    /// <summary>Paths relative to the root, with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Files { get; } =
        (Path.Exists(Path.Combine(Root, ".git")) ? FromGit() : FromDisk(Root))
            .Where(f => File.Exists(Path.Combine(Root, f))).Order(StringComparer.Ordinal).ToList();

    public static IReadOnlyList<SourceFile> CSharp { get; } =
        Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).Select(f => new SourceFile(f, Read(f))).ToList();

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string[] FromGit()
    {
        var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var names = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git ls-files exited with {git.ExitCode} in {Root}");
        return names.Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static IEnumerable<string> FromDisk(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');

        var below = Directory.EnumerateDirectories(directory).Where(d => !BuildOutputs.Contains(Path.GetFileName(d)));
        foreach (var file in below.SelectMany(FromDisk))
            yield return file;
    }
}
