namespace Cairn.Engine.Settings;

/// <summary>A key with all that is declared of it: usually one setting, and one for each kind where it means something else.</summary>
/// <param name="Declared">The settings, at least one.</param>
public sealed record SettingEntry(IReadOnlyList<Setting> Declared)
{
    /// <summary>The dotted key.</summary>
    public string Key => Declared[0].Key;

    /// <summary>What a value is.</summary>
    public string TypeName => Joined(s => s.TypeName, " or ");

    /// <summary>What is taken where it is not given: a value, or words.</summary>
    public string Default => Joined(s => s.Default ?? s.Unset ?? "required", ", or ");

    /// <summary>The unit of its numbers; empty where they have none, or the value carries it.</summary>
    public string Unit => Joined(s => s.Unit ?? "", " or ");

    /// <summary>The first sentence of its help.</summary>
    public string Summary => Joined(s => FirstSentence(s.Help), " ");

    /// <summary>Whether a spec has it that says no more than it has to.</summary>
    internal bool IsUsual => Declared.Any(setting => setting.Default is not null && AppliesByDefault(setting));

    /// <summary>The declared settings that are alike but for what they belong to.</summary>
    public IEnumerable<SettingEntry> Meanings => Declared.GroupBy(s => (s.Help, s.IsRequired)).Select(g => new SettingEntry([.. g]));

    /// <summary>What it belongs to: the values of <see cref="Chooser"/>, in their order; empty for what every spec may have.</summary>
    public IReadOnlyList<string> Choices => SettingNames.Choices(Declared);

    /// <summary>The setting that decides whether it belongs; null for what every spec may have.</summary>
    public string? Chooser => Declared[0].For?.Chooser.Key;

    /// <summary>The entries of some settings, in the order in which their keys come first.</summary>
    public static IReadOnlyList<SettingEntry> Of(IEnumerable<Setting> settings) =>
        [.. settings.GroupBy(s => s.Key).Select(g => new SettingEntry([.. g]))];

    private string Joined(Func<Setting, string> of, string by) => string.Join(by, Declared.Select(of).Distinct());

    private static bool AppliesByDefault(Setting setting) => setting.For is not { } choice
        || (choice.Chooser.Default is { } usual && choice.Choices.Contains(usual) && AppliesByDefault(choice.Chooser));

    /// <summary>Up to a full stop that a capital letter follows.</summary>
    private static string FirstSentence(string help)
    {
        var end = Enumerable.Range(0, Math.Max(0, help.Length - 2))
            .FirstOrDefault(i => help[i] == '.' && help[i + 1] == ' ' && char.IsUpper(help[i + 2]), help.Length - 1);
        return help[..(end + 1)];
    }
}
