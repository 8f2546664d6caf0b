using System.Reflection;

namespace Cairn.Storage.Tests;

/// <summary>Finds data and fixtures wherever the tests run from.</summary>
internal static class RepositoryRoot
{
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([Root, .. parts]);

    private static string Root =>
        typeof(RepositoryRoot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;
}
