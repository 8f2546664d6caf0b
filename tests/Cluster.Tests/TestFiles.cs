using System.Reflection;
using System.Security.Cryptography;

namespace Cairn.Cluster.Tests;

/// <summary>Files of the repository, scratch folders, and digests of whole trees.</summary>
internal static class TestFiles
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = typeof(TestFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    /// <summary>SHA-256 of every file below a folder, by relative path.</summary>
    public static SortedDictionary<string, string> Digests(string folder)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var stream = File.OpenRead(file);
            digests[Path.GetRelativePath(folder, file)] = Convert.ToHexString(SHA256.HashData(stream));
        }

        return digests;
    }

    /// <summary>Fails naming the files that differ.</summary>
    public static void AssertSameBytes(string expected, string actual)
    {
        var (a, b) = (Digests(expected), Digests(actual));
        Assert.Empty(a.Keys.Except(b.Keys).Select(path => "missing: " + path));
        Assert.Empty(b.Keys.Except(a.Keys).Select(path => "unexpected: " + path));
        Assert.Empty(a.Keys.Where(path => a[path] != b[path]).Select(path => "different bytes: " + path));
        Assert.NotEmpty(a);
    }
}

/// <summary>A scratch folder that goes with the test.</summary>
internal sealed class Scratch : IDisposable
{
    public Scratch() => Folder = Directory.CreateTempSubdirectory("cairn-test-").FullName;

    public string Folder { get; }

    public string this[string relative] => Path.Combine(Folder, relative);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
