using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>diagnostics</c>, a list of objects.</summary>
internal static class DiagnosticReader
{
    public const string Key = "diagnostics";
    private static readonly string[] Common = ["kind", "variables", "outputs", "bounds"];

    /// <param name="reader">The spec.</param>
    /// <param name="known">The model's output variables, or null when only the model itself can tell.</param>
    public static IReadOnlyList<DiagnosticSpec> Read(SettingReader reader, IReadOnlyList<string>? known)
    {
        if (reader.Find(Key) is not { } value)
        {
            return [];
        }

        if (value is not HoconArray list || list.Items.Any(item => item is not HoconObject))
        {
            reader.Wrong(Key, value, "a list of objects, such as [{ kind = winds }, { kind = kinetic-energy }]");
            return [];
        }

        var diagnostics = new List<DiagnosticSpec>();
        foreach (var item in list.Items.Cast<HoconObject>())
        {
            var within = reader.Within(item, $"{Key}[{diagnostics.Count}].");
            diagnostics.Add(Read(within, item));
            Check(within, diagnostics, known);
        }

        return diagnostics;
    }

    private static DiagnosticSpec Read(SettingReader reader, HoconObject item)
    {
        var kind = reader.Word<DiagnosticKind>("kind", null);
        CheckKnown(reader, item, kind);
        return new DiagnosticSpec
        {
            Kind = kind ?? DiagnosticKind.KineticEnergy,
            Path = kind == DiagnosticKind.TorchScript ? SpecPaths.Input(reader, "path", "a TorchScript archive or source file") : null,
            Variables = Names(reader, "variables", kind, kind == DiagnosticKind.Winds ? ["vorticity"] : ["u", "v"]),
            Outputs = Names(reader, "outputs", kind, kind == DiagnosticKind.Winds ? ["u", "v"] : ["kinetic_energy"]),
            Truncation = kind == DiagnosticKind.Winds && reader.Find("truncation") is not null
                ? reader.Integer("truncation", null, 2, 1023, "the largest total wavenumber that is kept")
                : null,
            Bounds = ModelReader.Bounds(reader, "bounds"),
        };
    }

    private static IReadOnlyList<string> Names(SettingReader reader, string key, DiagnosticKind? kind, IReadOnlyList<string> usual)
    {
        if (kind == DiagnosticKind.TorchScript && reader.Find(key) is null)
        {
            reader.Wrong(key, null, "a list of different names, such as [u, v]");
        }

        return reader.Names(key) ?? (kind is null or DiagnosticKind.TorchScript ? [] : usual);
    }

    private static void CheckKnown(SettingReader reader, HoconObject item, DiagnosticKind? kind)
    {
        string[] settings = kind switch
        {
            DiagnosticKind.TorchScript => [.. Common, "path"],
            DiagnosticKind.Winds => [.. Common, "truncation"],
            null => [.. Common, "path", "truncation"],
            _ => Common,
        };
        foreach (var name in item.Keys.Except(settings, StringComparer.Ordinal))
        {
            reader.Wrong(name, item[name], "an unknown setting", $"one of {string.Join(", ", settings)}");
        }
    }

    private static void Check(SettingReader reader, List<DiagnosticSpec> diagnostics, IReadOnlyList<string>? known)
    {
        var (diagnostic, before) = (diagnostics[^1], diagnostics.SkipLast(1).SelectMany(d => d.Outputs).ToList());
        if (known is { Count: > 0 })
        {
            before = [.. known, .. before];
            SpecChecks.AreAmong(reader, "variables", diagnostic.Variables, before, "what the model and the diagnostics before it give");
        }

        if (diagnostic.Outputs.Intersect(before, StringComparer.Ordinal).ToList() is { Count: > 0 } twice)
        {
            reader.Wrong("outputs", reader.Find("outputs"), string.Join(", ", twice),
                "names that neither the model nor a diagnostic gives yet");
        }

        foreach (var bound in diagnostic.Bounds.Where(b => !diagnostic.Outputs.Contains(b.Variable, StringComparer.Ordinal)))
        {
            reader.Wrong("bounds", reader.Find("bounds"), bound.Variable,
                $"names among its outputs: {string.Join(", ", diagnostic.Outputs)}");
        }
    }
}
