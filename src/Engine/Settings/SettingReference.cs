namespace Cairn.Engine.Settings;

/// <summary>All settings there are, and <c>hocon/reference.conf</c>, which lists them.</summary>
public static partial class SettingReference
{
    private const int MostColumns = 140;

    private const string Heading =
        "Every setting, with its default: first those of a run's spec, then those of the programs of a cluster. A setting without a "
        + "default is commented out and shown with an example. Durations carry their unit (ns, us, ms, s, m, h, d). Input paths are "
        + "relative to the file that states them, checkpoint and output paths to the working directory. \"cairn run SPEC --set "
        + "key=value\" overrides any of them. This file is generated: \"cairn reference KEY\" describes one setting, \"cairn reference "
        + "--hocon\" prints this file.";

    private const string OfCluster =
        "Settings of the programs of a cluster: \"cairn seed\" and \"cairn worker\" read them from hocon/seed.conf and "
        + "hocon/worker.conf, or from the file of --config; \"--set key=value\" overrides them. They are not part of a run's spec. A "
        + "worker also has node.slots, node.wall-clock-limit, node.wall-clock-margin and node.stop-signals above; it drains before its "
        + "limit.";

    /// <summary>The settings of a run's spec.</summary>
    public static IReadOnlyList<SettingEntry> OfRuns { get; } = SettingEntry.Of(RunSettings.All);

    /// <summary>The settings that only the programs of a cluster have.</summary>
    public static IReadOnlyList<SettingEntry> OfServices { get; } =
        SettingEntry.Of(ServiceSettings.All.Where(s => RunSettings.All.All(known => known.Key != s.Key)));

    /// <summary>The key that is most like a given one.</summary>
    public static string Nearest(string key) => SettingNames.Nearest(key, [.. RunSettings.All, .. ServiceSettings.All]);

    /// <summary>The text of <c>hocon/reference.conf</c>.</summary>
    public static string Render()
    {
        var text = new StringBuilder();
        Comment(text, "", Heading);
        Group(text, "", OfRuns, 0);
        text.Append("\n# ").Append('-', MostColumns - 2).Append('\n');
        Comment(text, "", OfCluster);
        Group(text, "", OfServices, 0);
        return text.ToString();
    }

    /// <summary>A text in lines of no more than some columns; its own breaks stay, and what is in braces is kept together.</summary>
    public static IEnumerable<string> Wrapped(string text, int columns)
    {
        foreach (var paragraph in text.Split('\n'))
        {
            var line = "";
            foreach (var word in Words().Matches(paragraph).Select(match => match.Value))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > columns)
                {
                    yield return line;
                    line = "";
                }
                line += line.Length > 0 ? " " + word : word;
            }
            yield return line;
        }
    }

    /// <summary>Settings under one key; those that share the next part of theirs make a group of their own.</summary>
    private static void Group(StringBuilder text, string prefix, IReadOnlyList<SettingEntry> entries, int depth)
    {
        var indent = new string(' ', 2 * depth);
        foreach (var below in entries.GroupBy(e => e.Key[prefix.Length..].Split('.')[0]))
        {
            text.Append(depth == 0 || below.Key != entries[0].Key[prefix.Length..].Split('.')[0] ? "\n" : "");
            if (below.First().Key == prefix + below.Key)
            {
                Setting(text, indent, below.Key, below.First());
                continue;
            }
            text.Append(indent).Append(below.Key).Append(" {\n");
            Group(text, $"{prefix}{below.Key}.", [.. below], depth + 1);
            text.Append(indent).Append("}\n");
        }
    }

    private static void Setting(StringBuilder text, string indent, string name, SettingEntry entry)
    {
        foreach (var meaning in entry.Meanings)
            Comment(text, indent, Described(meaning));
        var isUsual = entry.IsUsual;
        var value = isUsual
            ? entry.Declared.Select(s => s.Default).First(d => d is not null)!
            : entry.Declared.Select(s => s.Example ?? s.Default).First(v => v is not null)!;
        text.Append(indent).Append(isUsual ? "" : "# ").Append(name).Append(value.StartsWith('{') ? " " : " = ").Append(value).Append('\n');
    }

    private static string Described(SettingEntry meaning)
    {
        var setting = meaning.Declared[0];
        var help = setting.Help + (setting.Unit is { } unit ? $" In {unit}." : "");
        if (meaning.Choices.Count == 0)
            return help + (setting.IsRequired ? " Required." : "");
        var isName = help.Length > 1 && char.IsUpper(help[1]);
        return $"{Whose(meaning)}: {(isName ? help[0] : char.ToLowerInvariant(help[0]))}{help[1..]}"
            + (setting.IsRequired ? " Required there." : "");
    }

    /// <summary>What a meaning belongs to, or the few that it does not belong to.</summary>
    private static string Whose(SettingEntry meaning)
    {
        var others = meaning.Declared[0].For!.Chooser.Words.Except(meaning.Choices).ToList();
        return others.Count is 1 or 2 && meaning.Choices.Count > 2 ? "all but " + string.Join(" and ", others)
            : char.IsDigit(meaning.Choices[0][0]) ? $"with {meaning.Chooser!.Split('.')[^1]} = {meaning.Choices[0]}"
            : string.Join(", ", meaning.Choices);
    }

    private static void Comment(StringBuilder text, string indent, string words)
    {
        foreach (var line in Wrapped(words, MostColumns - indent.Length - 2))
            text.Append(indent).Append("# ").Append(line).Append('\n');
    }

    [GeneratedRegex(@"\{[^{}\n]{1,80}\}\S*|\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
