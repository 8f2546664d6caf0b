namespace Cairn.Engine.Mesh.Reading;

/// <summary>A JSON file of lists of numbers; each error names it, and what is wrong where.</summary>
internal sealed class MeshFile(string path)
{
    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16,
    };

    internal delegate bool TryRead<T>(JsonElement element, out T value);

    internal static bool TryNumber(JsonElement element, out double value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value) && double.IsFinite(value);
    }

    internal static bool TryInteger(JsonElement element, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value);
    }

    internal static JsonElement? Property(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var found) ? found : null;

    /// <summary>The file, whose root is an object.</summary>
    internal JsonDocument Parse()
    {
        try
        {
            using var stream = File.OpenRead(path);
            var document = JsonDocument.Parse(stream, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw Defect("is not a JSON object", "one");
        }
        catch (JsonException e)
        {
            throw new DataException($"{path} is not JSON: {e.Message} Expected a mesh as CHM writes it.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {e.Message} Expected a mesh as CHM writes it.", e);
        }
    }

    /// <summary>A list of lists of three, as many as another property says.</summary>
    internal T[] Triples<T>(JsonElement mesh, string name, string counter, TryRead<T> read)
    {
        var list = ListAt(mesh, name);
        if (Property(mesh, counter) is not { } counted || !TryInteger(counted, out var count) || count != list.GetArrayLength())
        {
            var said = Property(mesh, counter)?.ToString() ?? "nothing";
            throw Defect($"has {list.GetArrayLength()} entries in '{name}' and {counter} = {said}", "the same number twice");
        }
        var (values, at) = (new T[count * 3], 0);
        foreach (var triple in list.EnumerateArray())
        {
            if (triple.ValueKind != JsonValueKind.Array || triple.GetArrayLength() != 3)
                throw Defect($"has '{name}'[{at / 3}] = {Short(triple)}", "three numbers");
            foreach (var element in triple.EnumerateArray())
            {
                values[at] = read(element, out var value) ? value : throw Wrong<T>(name, at / 3, element);
                at++;
            }
        }
        return values;
    }

    /// <summary>A list of numbers, as many as are expected.</summary>
    internal T[] List<T>(JsonElement holder, string name, int? count, TryRead<T> read)
    {
        var list = ListAt(holder, name);
        if (count is { } expected && list.GetArrayLength() != expected)
            throw Defect($"has {list.GetArrayLength()} entries in '{name}'", $"{expected}, one a triangle");
        var (values, at) = (new T[list.GetArrayLength()], 0);
        foreach (var element in list.EnumerateArray())
        {
            values[at] = read(element, out var value) ? value : throw Wrong<T>(name, at, element);
            at++;
        }
        return values;
    }

    internal DataException Defect(string found, string expected) =>
        new($"{path} {found}; expected {expected}. Correct the file, or create it again.");

    private JsonElement ListAt(JsonElement holder, string name) =>
        Property(holder, name) is { ValueKind: JsonValueKind.Array } list ? list : throw Defect($"has no list '{name}'", "one");

    private DataException Wrong<T>(string name, int at, JsonElement element) =>
        Defect($"has {Short(element)} in '{name}'[{at}]", typeof(T) == typeof(int) ? "a whole number" : "a finite number");

    private static string Short(JsonElement element) =>
        element.ToString() is { Length: > 60 } text ? text[..60] + "..." : element.ToString();
}
