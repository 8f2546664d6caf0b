using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Finds settings that nobody knows, and settings that do not belong to the chosen kind.</summary>
internal static class SettingNames
{
    // Looking for the nearest name takes its time; a text with so many mistakes is no spec, and may be meant to take all of it.
    private const int MostAdvised = 200;

    /// <summary>Notes every key that is no setting, with the nearest one that is.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="known">Those that there are.</param>
    public static void CheckKnown(SettingReader reader, IReadOnlyList<SpecSetting> known) => CheckKnown(reader, known, reader.Root, "");

    /// <summary>
    /// Notes every setting that belongs to another choice than the one made. A choice made by <c>--set</c> silences what the file says
    /// about the other choices: it would be no use if each of them had to be taken back as well.
    /// </summary>
    public static void CheckBelonging(SettingReader reader)
    {
        foreach (var setting in SpecSetting.All.Where(s => s.Chooser is not null))
        {
            if (reader.Find(setting.Key) is not { } value
                || Chosen(reader, setting.Chooser!) is not { } chosen
                || setting.Choices.Contains(chosen.Word))
            {
                continue;
            }

            if (!SettingReader.IsOverride(chosen.Value) || SettingReader.IsOverride(value))
            {
                var choice = $"{setting.Chooser} = {chosen.Word}";
                reader.Wrong(setting.Key, value, $"no such setting beside {choice}: it belongs to {string.Join(", ", setting.Choices)}");
            }
        }
    }

    /// <summary>The known key or group that is most like a given one: of its own section, if one is there.</summary>
    public static string Nearest(string key, IReadOnlyList<SpecSetting> settings)
    {
        var names = Names(settings).ToList();
        var section = Section(key);
        var beside = Spelling.Nearest(LastPart(key), names.Where(n => Section(n) == section).Select(LastPart));
        return beside is not null ? section + beside
            : names.MinBy(known => Math.Min(Spelling.Distance(key, known), 1 + Spelling.Distance(LastPart(key), LastPart(known))))!;
    }

    private static void CheckKnown(SettingReader reader, IReadOnlyList<SpecSetting> known, HoconObject holder, string prefix)
    {
        foreach (var name in holder.Keys)
        {
            // A quoted key with a dot in it only looks like a path.
            var key = prefix + (name.Contains('.', StringComparison.Ordinal) ? HoconWriter.Quote(name) : name);
            if (known.Any(s => s.Key == key))
            {
                continue;
            }

            if (!IsGroup(known, key))
            {
                reader.Wrong(key, holder[name], "an unknown setting", reader.Mistakes.Count < MostAdvised
                    ? $"a known one; the nearest is {Nearest(key, known)}" : "a known one");
            }
            else if (holder[name] is HoconObject inner)
            {
                CheckKnown(reader, known, inner, key + ".");
            }
            else if (holder[name] is not HoconScalar { IsNull: true })
            {
                reader.Wrong(key, holder[name], $"an object, {key} {{ ... }}");
            }
        }
    }

    // What the setting that chooses says, or what it defaults to; null when it is missing though required, or no choice at all.
    private static (string Word, HoconValue? Value)? Chosen(SettingReader reader, string chooser)
    {
        var value = reader.Find(chooser);
        var word = value is null ? Default(chooser) : (value as HoconScalar)?.Text;
        return word is not null && Words(chooser).Contains(word) ? (word, value) : null;
    }

    private static string? Default(string chooser) => chooser switch
    {
        "ensemble.perturbation.kind" => "zero",
        "ensemble.perturbation.seeding.kind" => "brown",
        "checkpoint.mode" => "append",
        "ranks.launcher" => "in-process",
        "output.kind" => "zarr",
        "output.zarr-format" => "2",
        _ => null,
    };

    private static IEnumerable<string> Words(string chooser) => chooser switch
    {
        "model.kind" => Enum.GetValues<ModelKind>().Select(k => SpecText.Word(k)),
        "initial.source" => Enum.GetValues<InitialSource>().Select(s => SpecText.Word(s)),
        "ensemble.perturbation.kind" => Enum.GetValues<PerturbationKind>().Select(k => SpecText.Word(k)),
        "ensemble.perturbation.seeding.kind" => Enum.GetValues<NoiseKind>().Select(k => SpecText.Word(k)),
        "checkpoint.mode" => Enum.GetValues<CheckpointMode>().Select(k => SpecText.Word(k)),
        "ranks.launcher" => Enum.GetValues<RankLauncher>().Select(k => SpecText.Word(k)),
        "output.zarr-format" => ["2", "3"],
        _ => Enum.GetValues<OutputKind>().Select(k => SpecText.Word(k)),
    };

    private static bool IsGroup(IReadOnlyList<SpecSetting> settings, string key) =>
        settings.Any(s => s.Key.StartsWith(key + ".", StringComparison.Ordinal));

    private static IEnumerable<string> Names(IReadOnlyList<SpecSetting> settings)
    {
        var groups = settings.SelectMany(s => Parents(s.Key)).Distinct(StringComparer.Ordinal);
        // Of two as near, what every spec may have before what belongs to one choice.
        return settings.OrderBy(s => s.Chooser is not null).Select(s => s.Key).Concat(groups);
    }

    private static IEnumerable<string> Parents(string key)
    {
        for (var dot = key.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = key.IndexOf('.', dot + 1))
        {
            yield return key[..dot];
        }
    }

    private static string LastPart(string key) => key[(key.LastIndexOf('.') + 1)..];

    private static string Section(string key) => key[..(key.LastIndexOf('.') + 1)];
}
