namespace Cairn.Engine.Settings;

/// <summary>Finds unknown settings, and settings that do not belong to the chosen kind.</summary>
internal static class SettingNames
{
    // Looking for the nearest name takes its time; a text with so many mistakes is no spec, and may be meant to take all of it.
    private const int MostAdvised = 200;

    /// <summary>Notes every key that is no setting, with the nearest one that is.</summary>
    public static void CheckKnown(SettingReader reader, IReadOnlyList<Setting> known)
    {
        // Beside a kind that is not known, a key may be one of its settings: only the kind is a mistake then.
        var unjudged = known.Select(s => s.For?.Chooser).OfType<Setting>().Distinct()
            .Where(chooser => chooser.Words.Count > 0
                && (reader.Find(chooser.Key) as HoconScalar)?.Text is { } word && !chooser.Words.Contains(word))
            .Select(chooser => Section(chooser.Key)).ToList();
        CheckKnown(reader, known, reader.Root, "", unjudged);
    }

    /// <summary>Notes every setting that belongs to another choice than the one made. A choice made by <c>--set</c> silences what the file
    /// says about the other choices: it would be no use if each of them had to be taken back as well.</summary>
    public static void CheckBelonging(SettingReader reader, IReadOnlyList<Setting> known)
    {
        foreach (var declared in known.Where(s => s.For is not null).GroupBy(s => s.Key))
        {
            var chooser = declared.First().For!.Chooser;
            var choices = Choices(declared);
            if (reader.Find(declared.Key) is not { } value
                || Chosen(reader, chooser) is not { } chosen
                || choices.Contains(chosen.Word))
            {
                continue;
            }
            if (!SettingReader.IsOverride(chosen.Value) || SettingReader.IsOverride(value))
            {
                var choice = $"{chooser.Key} = {chosen.Word}";
                reader.Wrong(declared.Key, value, $"no such setting with {choice}: it belongs to {string.Join(", ", choices)}");
            }
        }
    }

    /// <summary>What a key belongs to by all its declarations, in the order of the chooser's words.</summary>
    public static IReadOnlyList<string> Choices(IEnumerable<Setting> declared)
    {
        var all = declared.Select(s => s.For).OfType<SettingChoice>().ToList();
        return all.Count == 0 ? [] : [.. all[0].Chooser.Words.Where(word => all.Exists(choice => choice.Choices.Contains(word)))];
    }

    /// <summary>The known key or group that is most like a given one: of its own section, if one is there.</summary>
    public static string Nearest(string key, IReadOnlyList<Setting> settings)
    {
        var names = Names(settings).ToList();
        var section = Section(key);
        var beside = Spelling.Nearest(LastPart(key), names.Where(n => Section(n) == section).Select(LastPart));
        return beside is not null ? section + beside : names.MinBy(known => Unlikeness(key, known))!;
    }

    /// <summary>As a whole, by the last part alone, or by section and last part where that is how the known one begins:
    /// <c>chekpoint.flush</c>.</summary>
    private static int Unlikeness(string key, string known)
    {
        var (given, last) = (LastPart(key), LastPart(known));
        var bySection = last.StartsWith(given, StringComparison.Ordinal) ? Spelling.Distance(Section(key), Section(known)) : int.MaxValue;
        return Math.Min(bySection, Math.Min(Spelling.Distance(key, known), 1 + Spelling.Distance(given, last)));
    }

    private static void CheckKnown(
        SettingReader reader, IReadOnlyList<Setting> known, HoconObject holder, string prefix, IReadOnlyList<string> unjudged)
    {
        foreach (var name in holder.Keys)
        {
            // A quoted key with a dot in it only looks like a path.
            var key = prefix + (name.Contains('.', StringComparison.Ordinal) ? HoconWriter.Quote(name) : name);
            if (known.Any(s => s.Key == key) || unjudged.Contains(prefix))
                continue;
            if (!IsGroup(known, key))
                reader.Wrong(key, holder[name], "an unknown setting", reader.Mistakes.Count < MostAdvised
                    ? $"a known one; the nearest is {Nearest(key, known)}" : "a known one");
            else if (holder[name] is HoconObject inner)
                CheckKnown(reader, known, inner, key + ".", unjudged);
            else if (holder[name] is not HoconScalar { IsNull: true })
                reader.Wrong(key, holder[name], $"an object, {key} {{ ... }}");
        }
    }

    // What the setting that chooses says, or what it defaults to; null when it is missing though required, or no choice at all.
    private static (string Word, HoconValue? Value)? Chosen(SettingReader reader, Setting chooser)
    {
        var value = reader.Find(chooser.Key);
        var word = value is null ? chooser.Default : (value as HoconScalar)?.Text;
        return word is not null && chooser.Words.Contains(word) ? (word, value) : null;
    }

    private static bool IsGroup(IReadOnlyList<Setting> settings, string key) =>
        settings.Any(s => s.Key.StartsWith(key + ".", StringComparison.Ordinal));

    private static IEnumerable<string> Names(IReadOnlyList<Setting> settings)
    {
        var groups = settings.SelectMany(s => Parents(s.Key)).Distinct();
        // Of two as near, what every spec may have before what belongs to one choice.
        return settings.OrderBy(s => s.For is not null).Select(s => s.Key).Concat(groups);
    }

    private static IEnumerable<string> Parents(string key)
    {
        for (var dot = key.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = key.IndexOf('.', dot + 1))
            yield return key[..dot];
    }

    private static string LastPart(string key) => key[(key.LastIndexOf('.') + 1)..];
    private static string Section(string key) => key[..(key.LastIndexOf('.') + 1)];
}

/// <summary>Finds the name that was probably meant.</summary>
public static class Spelling
{
    // Names are cut, so that a monstrous one costs nothing.
    private const int MostLetters = 100;

    /// <summary>The name that is most like a given one; null where none is like it at all.</summary>
    /// <param name="name">What was given.</param>
    /// <param name="known">The names that there are.</param>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(k => Distance(name, k));
        return nearest is not null && Distance(name, nearest) <= Math.Max(2, nearest.Length / 2) ? nearest : null;
    }

    /// <summary>Levenshtein's distance, a swap of neighbours counted as one: letters to change, insert, leave out or swap.</summary>
    internal static int Distance(string a, string b)
    {
        (a, b) = (Cut(a), Cut(b));
        var (before, last) = (new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray());
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), 1 + Math.Min(row[j - 1], last[j]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last) = (last, row);
        }
        return last[b.Length];
    }

    private static string Cut(string name) => name.Length > MostLetters ? name[..MostLetters] : name;
}
