using System.CommandLine;
using System.Text;
using Cairn.Cli.Tables;
using Cairn.Engine.Settings;

namespace Cairn.Cli.Settings;

/// <summary><c>cairn reference [KEY]</c>: explains settings.</summary>
internal static class ReferenceCommand
{
    private const int MostColumns = 100;
    private const string Indent = "  ";

    private static readonly IReadOnlyList<SettingEntry> All = [.. SettingReference.OfRuns, .. SettingReference.OfServices];

    public static Command Build()
    {
        var key = new Argument<string?>("KEY")
        {
            Description = "A setting to describe in full; or a prefix, such as a section, to list settings. By default all.",
            Arity = ArgumentArity.ZeroOrOne,
            // Otherwise help would list every completion.
            HelpName = "KEY",
        };
        key.CompletionSources.Add(_ => All.SelectMany(e => new[] { e.Key.Split('.')[0], e.Key }).Distinct(StringComparer.Ordinal)
            .Select(word => new System.CommandLine.Completions.CompletionItem(word)));
        var hocon = new Option<bool>("--hocon") { Description = "Print hocon/reference.conf: all settings, in the form of a spec." };
        var command = new Command("reference", "List settings with type, default and unit, or describe one in full.") { key, hocon };
        var json = new JsonOption();
        json.AddTo(command);
        command.SetAction(parsed =>
        {
            var (output, name) = (parsed.InvocationConfiguration.Output, parsed.GetValue(key) ?? "");
            if (parsed.GetValue(hocon) && !json.IsIn(parsed))
            {
                output.Write(SettingReference.Render());
                return ExitCodes.Done;
            }

            var found = Found(name);
            if (json.IsIn(parsed))
            {
                JsonOption.Write(output, new { Settings = found.SelectMany(entry => entry.Meanings.Select(m => Json(entry, m))) });
                return ExitCodes.Done;
            }

            output.Write(found is [var one] && one.Key == name ? InFull(one) : List(found));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The setting of that name, or those whose names begin with it.</summary>
    /// <exception cref="SpecException">There is none.</exception>
    private static List<SettingEntry> Found(string key)
    {
        if (All.FirstOrDefault(entry => entry.Key == key) is { } one)
            return [one];

        var section = All.Where(entry => entry.Key.StartsWith(key + ".", StringComparison.Ordinal)).ToList();
        var found = section.Count > 0 ? section : All.Where(entry => entry.Key.StartsWith(key, StringComparison.Ordinal)).ToList();
        return found.Count > 0 ? found : throw new SpecException(
            $"There is no setting {key}; the nearest is {SettingReference.Nearest(key)}. {ProgramName.Value} reference lists all.");
    }

    private static object Json(SettingEntry entry, SettingEntry meaning)
    {
        var setting = meaning.Declared[0];
        return new
        {
            entry.Key, Type = meaning.TypeName, setting.Expected, meaning.Default, setting.IsRequired, setting.Unit, setting.Example,
            BelongsTo = Belongs(entry, meaning), OnResume = OnResume(setting.Shapes), setting.Help,
        };
    }

    private static string List(IEnumerable<SettingEntry> entries)
    {
        var table = new TextTable("setting", "type", "default", "unit", "what it is") { EndsInText = true, Spare = ["unit", "type"] };
        foreach (var entry in entries)
            table.Add(entry.Key, entry.TypeName, entry.Default, entry.Unit, entry.Summary);

        return table.ToString();
    }

    private static string InFull(SettingEntry entry)
    {
        var text = new StringBuilder(entry.Key).Append('\n');
        foreach (var meaning in entry.Meanings)
        {
            var setting = meaning.Declared[0];
            text.Append('\n');
            Wrapped(text, Indent, setting.Help);
            text.Append('\n');
            var table = new List<(string Label, string? Value)>
            {
                ("type", meaning.TypeName),
                ("expected", setting.Expected),
                ("default", meaning.Default),
                ("unit", setting.Unit),
                ("example", setting.Example),
                ("belongs to", Belongs(entry, meaning)),
                ("on resume", OnResume(setting.Shapes)),
            };
            table.Where(row => row.Value is not null).ToList().ForEach(row => Wrapped(text, Indent + row.Label.PadRight(12), row.Value!));
        }

        return text.ToString();
    }

    private static string Belongs(SettingEntry entry, SettingEntry meaning) =>
        SettingReference.OfServices.Contains(entry) ? "cairn seed and cairn worker"
        : meaning.Chooser is { } chooser ? $"{chooser} = {string.Join(", ", meaning.Choices)}"
        : entry.Key.StartsWith("node.", StringComparison.Ordinal) ? "every run, and cairn worker" : "every run";

    private static string OnResume(Shaping shapes) => shapes switch
    {
        Shaping.Numbers => "shapes numbers: a started run refuses another value",
        Shaping.Layout => "shapes the field store: a started run refuses another value",
        Shaping.Contents => "the file's contents shape numbers: a started run refuses other contents, but the file may move",
        Shaping.Fingerprint => "may shape numbers: checkpoint.on-fingerprint-change decides on a change that does",
        Shaping.Length => "may grow, not shrink",
        _ => "may have another value",
    };

    private static void Wrapped(StringBuilder text, string label, string words)
    {
        var lines = SettingReference.Wrapped(words, MostColumns - label.Length).ToList();
        for (var i = 0; i < lines.Count; i++)
            text.Append(i == 0 ? label : new string(' ', label.Length)).Append(lines[i]).Append('\n');
    }
}
