namespace Cairn.Engine.Settings;

/// <summary>A spec to begin from: what a run of some model and source has to say, with the rest as comments.</summary>
public static class SpecDraft
{
    private const int MostColumns = 100;

    /// <summary>The kinds of models.</summary>
    public static IReadOnlyList<string> Models { get; } = [.. ModelKinds.All.Select(kind => kind.Word)];

    /// <summary>The sources of initial conditions.</summary>
    public static IReadOnlyList<string> Sources { get; } = [.. SourceKinds.All.Select(kind => kind.Word)];

    /// <summary>The source that a model usually has: itself, where it knows states to begin from.</summary>
    /// <param name="model">One of <see cref="Models"/>.</param>
    public static string SourceOf(string model) => ModelKinds.All.First(k => k.Word == model).Cases.Count > 0 ? "model" : "netcdf";

    /// <summary>The text.</summary>
    /// <param name="name">The run's name.</param>
    /// <param name="model">One of <see cref="Models"/>.</param>
    /// <param name="source">One of <see cref="Sources"/>.</param>
    public static string Render(string name, string model, string source)
    {
        var kind = ModelKinds.All.First(k => k.Word == model);
        var chosen = new Dictionary<string, string>
        {
            ["name"] = name,
            ["model.kind"] = model,
            ["model.step"] = kind.UsualStep,
            ["initial.source"] = source,
            ["checkpoint.path"] = $"out/{name}/checkpoints",
            ["output.path"] = $"out/{name}/fields.zarr",
        };
        if (source == "model" && kind.Cases.Count > 0)
            chosen["initial.case"] = kind.Cases[0];
        var entries = SettingEntry.Of(RunSettings.All.Where(setting => Belongs(setting, chosen)));
        var text = new StringBuilder("# A run of Cairn. Lines with # are optional: they show the default, or an example.\n# \"cairn "
            + "reference KEY\" describes a setting, \"cairn check FILE\" shows all resolved settings.\n");
        foreach (var section in entries.GroupBy(entry => entry.Key.Split('.')[0]))
        {
            text.Append('\n');
            foreach (var entry in section)
                Write(text, entry, chosen.GetValueOrDefault(entry.Key));
        }
        return text.ToString();
    }

    private static bool Belongs(Setting setting, Dictionary<string, string> chosen) => setting.For is not { } choice
        || (Belongs(choice.Chooser, chosen)
            && (chosen.GetValueOrDefault(choice.Chooser.Key) ?? choice.Chooser.Default) is { } word && choice.Choices.Contains(word));

    private static void Write(StringBuilder text, SettingEntry entry, string? chosen)
    {
        var setting = entry.Declared[0];
        foreach (var line in SettingReference.Wrapped(entry.Summary, MostColumns - 2))
            text.Append("# ").Append(line).Append('\n');
        var value = chosen ?? (setting.IsRequired ? setting.Example : setting.Default ?? setting.Example)!;
        text.Append(chosen is not null || setting.IsRequired ? "" : "# ").Append(entry.Key).Append(" = ").Append(value).Append('\n');
    }
}
