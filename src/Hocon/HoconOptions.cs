namespace Cairn.Hocon;

/// <summary>What a reader may use, and how much. The limits keep hostile or mistaken text from taking the process down.</summary>
public sealed record HoconOptions
{
    /// <summary>
    /// Where <c>${NAME}</c> looks when no key has that name; answers null when there is none. By default the process's environment.
    /// </summary>
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
