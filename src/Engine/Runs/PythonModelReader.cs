using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads what a Python class takes besides, and writes it again.</summary>
internal static partial class PythonModelReader
{
    private const string Class = "model.class";
    private const string Interpreter = "model.python";
    private const string Folders = "model.python-path";
    private const string Arguments = "model.arguments";

    public static PythonSpec Read(SettingReader reader, InitialSpec initial)
    {
        var name = reader.Text(Class, "", true, "a module and a class in it, such as my_package.my_module:MyModel", ClassPattern().IsMatch);
        var variables = reader.Names("model.variables");
        SpecChecks.AreAmong(reader, "model.variables", variables, initial.VariableNames, "initial.variables");
        variables ??= initial.VariableNames;
        return new PythonSpec(
            name, ReadFolders(reader), ReadInterpreter(reader), ReadArguments(reader), variables,
            reader.Names("model.outputs") ?? variables,
            reader.Read<long?>("model.memory", null, false, "a size of at least 1 MiB, such as 8GiB", TryMemory));
    }

    public static void AddTo(JsonObject json, PythonSpec python)
    {
        json["class"] = python.Class;
        json["python"] = python.Interpreter;
        json["python-path"] = new JsonArray([.. python.Folders.Select(f => (JsonNode?)f)]);
        json["arguments"] = JsonNode.Parse(python.Arguments);
        json["variables"] = new JsonArray([.. python.Variables.Select(v => (JsonNode?)v)]);
        json["outputs"] = new JsonArray([.. python.Outputs.Select(v => (JsonNode?)v)]);
        if (python.Memory is { } bytes)
        {
            json["memory"] = bytes;
        }
    }

    /// <summary>What must be equal when a run is resumed, besides the text of the class; its interpreter is in the fingerprint.</summary>
    public static IEnumerable<SpecEntry> Numerics(PythonSpec python) =>
    [
        new(Class, python.Class),
        .. JsonNode.Parse(python.Arguments)!.AsObject().OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => new SpecEntry($"{Arguments}.{a.Key}", a.Value?.ToJsonString() ?? "null")),
        new("model.variables", SpecText.List(python.Variables)),
        new("model.outputs", SpecText.List(python.Outputs)),
    ];

    private static string ReadInterpreter(SettingReader reader)
    {
        const string expected = "a Python interpreter: a path, or a name in PATH";
        var given = reader.Text(Interpreter, "python3", false, expected, text => !text.Contains('\0', StringComparison.Ordinal));
        reader.Context.Rules?.CheckProgram(reader, Interpreter, given);
        return given.Contains('/', StringComparison.Ordinal)
            ? Path.GetFullPath(given, Path.GetDirectoryName(reader.Find(Interpreter)?.Origin.File) ?? reader.Context.WorkingDirectory)
            : given;
    }

    /// <summary>By default the folder of the file that names the class.</summary>
    private static IReadOnlyList<string> ReadFolders(SettingReader reader)
    {
        const string what = "a folder with Python modules";
        switch (reader.Find(Folders))
        {
            case null when reader.Context.Rules is null:
                return [Path.GetDirectoryName(reader.Find(Class)?.Origin.File) ?? reader.Context.WorkingDirectory];
            case HoconArray { Items.Count: > 0 } array:
                return [.. array.Items.Select(item => SpecPaths.InputFolder(reader, Folders, item, what))];
            case HoconScalar one:
                return [SpecPaths.InputFolder(reader, Folders, one, what)];
            case var value:
                reader.Wrong(Folders, value, "folders with Python modules, such as [../models]");
                return [];
        }
    }

    private static string ReadArguments(SettingReader reader)
    {
        switch (reader.Find(Arguments))
        {
            case null:
                return "{}";
            case HoconObject map:
                return Json(map)!.ToJsonString();
            case var value:
                reader.Wrong(Arguments, value, "an object of keyword arguments, such as { smoothing = 0.1 }");
                return "{}";
        }
    }

    private static JsonNode? Json(HoconValue value) => value switch
    {
        HoconObject map => new JsonObject(map.Keys.Select(key => KeyValuePair.Create(key, Json(map[key])))),
        HoconArray array => new JsonArray([.. array.Items.Select(Json)]),
        HoconScalar { Kind: HoconScalarKind.Text } scalar => JsonValue.Create(scalar.Text),
        HoconScalar scalar => JsonNode.Parse(scalar.Text),
        _ => throw new InvalidOperationException($"{value.GetType().Name} is no value of HOCON."),
    };

    private static bool TryMemory(HoconScalar scalar, out long? bytes)
    {
        var good = scalar.TrySize(out var size) && size >= 1 << 20;
        bytes = size;
        return good;
    }

    [GeneratedRegex(@"\A[\p{L}_]\w*(\.[\p{L}_]\w*)*:[\p{L}_]\w*(\.[\p{L}_]\w*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ClassPattern();
}
