using Cairn.Hocon.Resolution;
using Cairn.Hocon.Syntax;
using Cairn.Hocon.Values;

namespace Cairn.Hocon;

/// <summary>Reads HOCON (Human-Optimized Config Object Notation) after the Lightbend specification. Not read: <c>url()</c> and
/// <c>classpath()</c> includes, Java properties, an array at the root, and the conversion of numerically indexed objects to arrays. A file
/// whose name ends in <c>.yaml</c> or <c>.yml</c> is read as YAML, with the same values, limits and errors.</summary>
public static class HoconReader
{
    /// <summary>Reads a file, with everything it includes, resolved.</summary>
    /// <exception cref="HoconException">The file is missing, not HOCON, or cannot be resolved.</exception>
    public static HoconObject ReadFile(string path, HoconOptions? options = null)
    {
        var loader = new SourceLoader(options ?? new HoconOptions());
        var full = Path.GetFullPath(path);
        var text = loader.ReadText(full)
            ?? throw new HoconException(new HoconOrigin(path, 0, 0, full), "no such file", "a HOCON file");
        return Resolve(loader.ParseFile(full, text), loader);
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">The HOCON text.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <param name="options">Environment, overrides and limits.</param>
    /// <param name="file">The file that it came from, for relative includes, or null; then only absolute includes work.</param>
    /// <exception cref="HoconException">It is not HOCON, or cannot be resolved.</exception>
    public static HoconObject ReadText(string text, string source = "text", HoconOptions? options = null, string? file = null)
    {
        var loader = new SourceLoader(options ?? new HoconOptions());
        var origin = new HoconOrigin(source, 1, 1, file is null ? null : Path.GetFullPath(file));
        return Resolve(loader.Parse(text, origin), loader);
    }

    /// <summary>Reads text in YAML.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">What to call it in messages.</param>
    /// <param name="options">Overrides and limits.</param>
    /// <exception cref="HoconException">It is not YAML, or holds what a spec cannot.</exception>
    public static HoconObject ReadYaml(string text, string source = "text", HoconOptions? options = null)
    {
        var loader = new SourceLoader(options ?? new HoconOptions());
        return Resolve(loader.ParseYaml(text, new HoconOrigin(source, 1, 1, null)), loader);
    }

    /// <summary>Whether a file of this name is YAML.</summary>
    public static bool IsYaml(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";

    private static HoconObject Resolve(ObjectNode root, SourceLoader loader)
    {
        foreach (var setting in loader.Options.Overrides)
            loader.ParseOverride(setting).MergeInto(root);

        return new Resolver(root, loader.Options).ResolveRoot();
    }
}

/// <summary>What a reader may use, and how much. The limits keep hostile or mistaken text from taking the process down.</summary>
public sealed record HoconOptions
{
    /// <summary>Where <c>${NAME}</c> looks when no key has that name; answers null when there is none. By default the process's
    /// environment.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Opens a file by its absolute path, or answers null when there is none.</summary>
    public Func<string, Stream?> OpenFile { get; init; } = OpenExisting;

    /// <summary>Settings that go on top of the text, each <c>a.b.c=value</c>, as after <c>--set</c>.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <summary>How deep objects and arrays may nest, path keys included.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>How deep files may include one another.</summary>
    public int MaxIncludeDepth { get; init; } = 16;

    /// <summary>How many files one document may include in all.</summary>
    public int MaxIncludes { get; init; } = 256;

    /// <summary>How large one file may be.</summary>
    public int MaxFileBytes { get; init; } = 1 << 20;

    /// <summary>How many values resolving may visit, and how many characters one joined text may have.</summary>
    public int MaxWork { get; init; } = 1 << 20;

    private static FileStream? OpenExisting(string path) => File.Exists(path) ? File.OpenRead(path) : null;
}
