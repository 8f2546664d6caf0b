using System.Reflection;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>The sample catalogs, copied so that a test may write to them.</summary>
internal static class Fixtures
{
    public static string Root { get; } = Path.Combine(
        typeof(Fixtures).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!,
        "tests", "Storage.Tests", "fixtures", "earth2studio");

    public static string Printed => File.ReadAllText(Path.Combine(Root, "printed.txt"));

    /// <summary>Copies a catalog below <paramref name="to"/> and returns its path.</summary>
    public static string Copy(string name, string to)
    {
        var from = Path.Combine(Root, name);
        var target = Path.Combine(to, name);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var path = Path.Combine(target, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }

        return target;
    }
}

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cairn-catalog-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
