namespace Cairn.Engine.Runs;

/// <summary>The setting <c>diagnostics</c>, a list of objects.</summary>
internal static class DiagnosticSettings
{
    private static readonly string[] Common = ["kind", "variables", "outputs", "bounds"];
    private static readonly SettingType<DiagnosticKind> Kind = Word<DiagnosticKind>();
    private static readonly SettingType<string> Script = InputFile("a TorchScript archive or source file");
    private static readonly SettingType<string> Network = InputFile("an ONNX file");
    private static readonly SettingType<int?> Truncation = Maybe(Integer("the largest total wavenumber that is kept", 2, 1023));

    public static readonly SettingSection<RunSpec> Section = new("", spec => spec);

    private static readonly Setting<IReadOnlyList<DiagnosticSpec>> Diagnostics = Section.Add(
        "diagnostics", Items(null), spec => spec.Diagnostics, unset: "none", shapes: Shaping.Layout, comparedLast: true,
        compared: spec => !spec.Output.WritesFields ? []
            : DiagnosticSpec.Behind(spec.Diagnostics, spec.Output.Variables).SelectMany(Entries),
        example: "[{ kind = kinetic-energy, bounds { kinetic_energy = [0, 20000] } }]",
        help: "Fields derived from the output at each boundary, one after the other, each from the outputs of the model and of those "
            + "before it; they are written beside the model's, and may have bounds like model.bounds. By default none. The names here "
            + "are the defaults, except for torchscript, which has a function forward, and onnx, which have none; truncation keeps fewer "
            + "wavenumbers:\n{ kind = torchscript, path = ../models/speed.ts, variables = [u, v], outputs = [speed] }\n{ kind = onnx, "
            + "path = speed.onnx, variables = [u, v], outputs = [speed] }\n{ kind = winds, "
            + "variables = [vorticity], outputs = [u, v], truncation = 42 }\n{ kind = kinetic-energy, variables = [u, v], outputs = "
            + "[kinetic_energy] }");

    public static IReadOnlyList<DiagnosticSpec> Read(SettingReader reader, IReadOnlyList<string>? known) =>
        reader.Read(Diagnostics.Key, Items(known), []);

    private static SettingType<IReadOnlyList<DiagnosticSpec>> Items(IReadOnlyList<string>? known) => new(
        "list of objects", "a list of objects, such as [{ kind = winds }, { kind = kinetic-energy }]",
        (SettingReader reader, string key, HoconValue value, out IReadOnlyList<DiagnosticSpec> diagnostics) =>
        {
            diagnostics = [];
            if (value is not HoconArray list || list.Items.Any(item => item is not HoconObject))
                return false;
            var read = new List<DiagnosticSpec>();
            foreach (var item in list.Items.Cast<HoconObject>())
            {
                var within = reader.Within(item, $"{key}[{read.Count}].");
                read.Add(Read(within, item));
                Check(within, read, known);
            }
            diagnostics = read;
            return true;
        },
        diagnostics => new JsonArray([.. diagnostics.Select(Write)]))
    {
        Otherwise = [],
        InputFiles = (_, diagnostics) => diagnostics.Where(d => d.Path is not null).Select(d => new SpecEntry(d.Key + ".path", d.Path!)),
    };

    private static DiagnosticSpec Read(SettingReader reader, HoconObject item)
    {
        var mistakes = reader.Mistakes.Count;
        var given = reader.Read("kind", Kind, DiagnosticKind.KineticEnergy, isRequired: true);
        DiagnosticKind? kind = reader.Mistakes.Count == mistakes ? given : null;
        CheckKnown(reader, item, kind);
        return new DiagnosticSpec
        {
            Kind = given,
            Path = IsFile(kind) ? reader.Read("path", kind == DiagnosticKind.Onnx ? Network : Script, "", isRequired: true) : null,
            Variables = NamesOf(reader, "variables", kind, kind == DiagnosticKind.Winds ? ["vorticity"] : ["u", "v"]),
            Outputs = NamesOf(reader, "outputs", kind, kind == DiagnosticKind.Winds ? ["u", "v"] : ["kinetic_energy"]),
            Truncation = kind == DiagnosticKind.Winds ? reader.Read("truncation", Truncation, null) : null,
            Bounds = reader.Read("bounds", ModelSettings.Bounds, []),
        };
    }

    private static JsonObject Write(DiagnosticSpec diagnostic)
    {
        var json = new JsonObject { ["kind"] = Kind.Write(diagnostic.Kind) };
        if (diagnostic.Path is { } path)
            json["path"] = path;
        json["variables"] = List(diagnostic.Variables);
        json["outputs"] = List(diagnostic.Outputs);
        if (diagnostic.Truncation is { } truncation)
            json["truncation"] = truncation;
        json["bounds"] = ModelSettings.Bounds.Write(diagnostic.Bounds);
        return json;
    }

    private static IEnumerable<SpecEntry> Entries(DiagnosticSpec diagnostic)
    {
        yield return new($"{diagnostic.Key}.kind", SpecText.Word(diagnostic.Kind));
        yield return new($"{diagnostic.Key}.variables", SpecText.List(diagnostic.Variables));
        if (diagnostic.Truncation is { } kept)
            yield return new($"{diagnostic.Key}.truncation", SpecText.Plain(kept));
    }

    private static IReadOnlyList<string> NamesOf(SettingReader reader, string key, DiagnosticKind? kind, IReadOnlyList<string> usual) =>
        reader.Read(key, Names, null, isRequired: IsFile(kind)) ?? (kind is null || IsFile(kind) ? [] : usual);

    private static bool IsFile(DiagnosticKind? kind) => kind is DiagnosticKind.TorchScript or DiagnosticKind.Onnx;

    private static void CheckKnown(SettingReader reader, HoconObject item, DiagnosticKind? kind)
    {
        string[] settings = kind switch
        {
            DiagnosticKind.TorchScript or DiagnosticKind.Onnx => [.. Common, "path"],
            DiagnosticKind.Winds => [.. Common, "truncation"],
            null => [.. Common, "path", "truncation"],
            _ => Common,
        };
        foreach (var name in item.Keys.Except(settings))
            reader.Wrong(name, item[name], "an unknown setting", $"one of {string.Join(", ", settings)}");
    }

    private static void Check(SettingReader reader, List<DiagnosticSpec> diagnostics, IReadOnlyList<string>? known)
    {
        var (diagnostic, before) = (diagnostics[^1], diagnostics.SkipLast(1).SelectMany(d => d.Outputs).ToList());
        if (known is { Count: > 0 })
        {
            before = [.. known, .. before];
            SpecChecks.AreAmong(reader, "variables", diagnostic.Variables, before, "what the model and the diagnostics before it give");
        }
        if (diagnostic.Outputs.Intersect(before).ToList() is { Count: > 0 } twice)
            reader.Wrong("outputs", reader.Find("outputs"), string.Join(", ", twice),
                "names that neither the model nor a diagnostic gives yet");
        foreach (var bound in diagnostic.Bounds.Where(b => !diagnostic.Outputs.Contains(b.Variable, StringComparer.Ordinal)))
            reader.Wrong("bounds", reader.Find("bounds"), bound.Variable,
                $"names among its outputs: {string.Join(", ", diagnostic.Outputs)}");
    }
}

/// <summary>A diagnostic: what is derived from the output at each boundary.</summary>
public sealed record DiagnosticSpec
{
    /// <summary>Which diagnostic.</summary>
    public required DiagnosticKind Kind { get; init; }

    /// <summary>What it is given, in channel order: outputs of the model, or of diagnostics before it.</summary>
    public required IReadOnlyList<string> Variables { get; init; }

    /// <summary>Names of what it gives, in channel order.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>Absolute path of the file that it is; null for a kind that is none.</summary>
    public string? Path { get; init; }

    /// <summary>Winds: the largest total wavenumber that is kept, or null for the largest that the grid holds.</summary>
    public int? Truncation { get; init; }

    /// <summary>Physical bounds by output; usually empty.</summary>
    public IReadOnlyList<BoundSpec> Bounds { get; init; } = [];

    /// <summary>What its settings are called in a list of all settings: outputs belong to one diagnostic only.</summary>
    public string Key => $"diagnostics[{string.Join(", ", Outputs)}]";

    /// <summary>The diagnostics that some variables come from, directly or through other diagnostics, in their order.</summary>
    public static IReadOnlyList<DiagnosticSpec> Behind(
        IReadOnlyList<DiagnosticSpec> diagnostics, IReadOnlyList<string>? variables)
    {
        if (variables is null)
            return diagnostics;
        var wanted = variables.ToHashSet();
        var behind = new Stack<DiagnosticSpec>();
        foreach (var diagnostic in diagnostics.Reverse().Where(d => d.Outputs.Any(wanted.Contains)))
        {
            behind.Push(diagnostic);
            wanted.UnionWith(diagnostic.Variables);
        }
        return [.. behind];
    }
}
