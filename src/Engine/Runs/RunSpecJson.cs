using Cairn.Hocon;

namespace Cairn.Engine.Runs;

/// <summary>The resolved spec as JSON, for <c>run.json</c>: the same keys as in a spec, in a fixed order, with every default and absolute
/// paths. JSON is HOCON too, so it is read back by the same reader, under the same checks.</summary>
public static class RunSpecJson
{
    /// <summary>The spec as JSON; equal specs give equal text.</summary>
    public static JsonObject Write(RunSpec spec)
    {
        var json = new JsonObject();
        foreach (var setting in RunSettings.Of(spec))
        {
            if (setting.Write(spec) is { } value)
                Put(json, setting.Key.Split('.'), value);
        }
        return json;
    }

    /// <summary>Reads what <see cref="Write"/> wrote, and checks it as a spec is checked, but for the existence of its files.</summary>
    /// <param name="json">The object's text.</param>
    /// <param name="source">What to call it in messages, such as the path of <c>run.json</c>.</param>
    /// <exception cref="DataException">It is damaged, or of another version of Cairn.</exception>
    public static RunSpec Read(string json, string source)
    {
        try
        {
            // HOCON takes more than JSON does, and would look substitutions up; what is no JSON was not written by Write.
            using (JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 }))
            {
            }
            var root = HoconReader.ReadText(json, source, new HoconOptions { Environment = _ => null });
            return RunSpecReader.Read(root, new SpecContext(source, null, "/", null));
        }
        catch (RunSpecException e) when (e.Mistakes.All(RunSettings.IsOfExtensions))
        {
            throw new DataException(e.Message, e);
        }
        catch (Exception e) when (e is JsonException or HoconException or RunSpecException)
        {
            throw new DataException(
                $"{source}: the run's spec cannot be read: {e.Message}\nExpected the resolved spec as this version of Cairn writes it; "
                + "restore the file, or start the run over with --fresh.", e);
        }
    }

    private static void Put(JsonObject json, ReadOnlySpan<string> path, JsonNode value)
    {
        if (path is [var name])
        {
            json[name] = value;
            return;
        }
        if (json[path[0]] is not JsonObject inner)
            json[path[0]] = inner = [];
        Put(inner, path[1..], value);
    }
}
