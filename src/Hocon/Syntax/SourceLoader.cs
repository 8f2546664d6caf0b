using System.Text;
using Cairn.Hocon.Yaml;

namespace Cairn.Hocon.Syntax;

/// <summary>Reads texts and the files that they include, and keeps includes finite.</summary>
internal sealed class SourceLoader(HoconOptions options)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<string> _open = [];
    private int _included;

    public HoconOptions Options => options;
    public ObjectNode Parse(string text, HoconOrigin start) => Parse(text, start, []);
    public ObjectNode ParseYaml(string text, HoconOrigin start) => new YamlSource(start, options).Document(text);

    public ObjectNode ParseFile(string path, string text, IReadOnlyList<IReadOnlyList<string>>? prefixes = null)
    {
        _open.Add(path);
        var start = new HoconOrigin(path, 1, 1, path);
        var root = HoconReader.IsYaml(path) ? ParseYaml(text, start) : Parse(text, start, prefixes ?? []);
        _open.RemoveAt(_open.Count - 1);
        return root;
    }

    /// <summary>Parses <c>a.b=value</c>; errors name it <c>--set a.b</c>.</summary>
    public ObjectNode ParseOverride(string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? setting : setting[..equals].Trim().TrimEnd('+').TrimEnd();
        var origin = new HoconOrigin($"--set {key}", 1, 1, null);
        return equals > 0
            ? Parse(setting, origin, [])
            : throw new HoconException(origin, $"'{setting}'", "key=value");
    }

    /// <summary>The included file's root, or null when it is missing and need not be there.</summary>
    public ObjectNode? Include(IncludeStatement statement, HoconOrigin origin, IReadOnlyList<IReadOnlyList<string>> prefixes)
    {
        if (options.MaxIncludes == 0)
            throw new HoconException(statement.NameOrigin, $"an include of {statement.Name}", "a text that is whole, without includes");

        if (_open.Count > options.MaxIncludeDepth || ++_included > options.MaxIncludes)
        {
            var limits = $"includes at most {options.MaxIncludeDepth} deep and {options.MaxIncludes} in all";
            throw new HoconException(origin, "too many includes", limits);
        }

        var found = Candidates(statement, origin)
            .Select(path => (Path: path, Text: ReadText(path)))
            .Where(f => f.Text is not null)
            .ToList();
        if (found.Count == 0 && statement.Required)
        {
            var name = $"the name of a missing file, {statement.Name}";
            throw new HoconException(statement.NameOrigin, name, "a file that exists: it is required");
        }

        ObjectNode? root = null;
        foreach (var (path, text) in found)
        {
            CheckCycle(path, origin);
            var next = ParseFile(path, text!, prefixes);
            root ??= new ObjectNode(next.Origin);
            next.MergeInto(root);
        }

        return root;
    }

    /// <summary>The file's text, or null when there is no such file.</summary>
    public string? ReadText(string path)
    {
        var origin = new HoconOrigin(path, 0, 0, path);
        try
        {
            using var stream = options.OpenFile(path);
            return stream is null ? null : StrictUtf8.GetString(ReadAll(stream, origin));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HoconException(origin, $"a file that cannot be read ({e.Message})", "a readable file", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new HoconException(origin, "bytes that are not UTF-8", "text in UTF-8", e);
        }
    }

    // A file may grow while it is read, so what counts is what was read and not what its length says.
    private byte[] ReadAll(Stream stream, HoconOrigin origin)
    {
        var buffer = new byte[options.MaxFileBytes + 1];
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return read <= options.MaxFileBytes
            ? buffer[..read]
            : throw new HoconException(origin, "a larger file", $"at most {options.MaxFileBytes} bytes");
    }

    private ObjectNode Parse(string text, HoconOrigin start, IReadOnlyList<IReadOnlyList<string>> prefixes)
        => new Parser(new Cursor(text, start), this, prefixes).Document();

    private static List<string> Candidates(IncludeStatement statement, HoconOrigin origin)
    {
        if (!Path.IsPathRooted(statement.Name) && origin.File is null)
        {
            var name = $"the relative name {statement.Name}";
            throw new HoconException(statement.NameOrigin, name, "an absolute one: this text has no folder");
        }

        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(origin.File) ?? "/", statement.Name));

        // A name without extension stands for all that exist, HOCON last, so that it wins.
        return Path.HasExtension(path) ? [path] : [path, path + ".json", path + ".conf"];
    }

    private void CheckCycle(string path, HoconOrigin origin)
    {
        var from = _open.IndexOf(path);
        if (from >= 0)
        {
            var cycle = string.Join(" -> ", _open.Skip(from).Append(path));
            throw new HoconException(origin, $"an include of its own file ({cycle})", "includes without a cycle");
        }
    }
}
