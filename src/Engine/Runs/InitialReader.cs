using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Engine.Sources;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>initial</c>.</summary>
internal static partial class InitialReader
{
    // Where a model begins by itself there is no file that could tell a time; the lead times have to count from somewhere.
    private const string TimeOfCases = "2000-01-01";

    /// <summary>Reads it for the kind of model that the spec names; null where it names none that is known.</summary>
    public static InitialSpec Read(SettingReader reader, ModelKind? kind)
        => reader.Word<InitialSource>("initial.source", null) switch
        {
            InitialSource.Model => FromModel(reader, kind),
            _ => FromFile(reader),
        };

    private static InitialSpec FromModel(SettingReader reader, ModelKind? kind)
    {
        const string key = "initial.source";
        var names = kind is { } known ? ModelCases.Names(known) : [];
        if (kind is { } without && names.Count == 0)
        {
            reader.Wrong(key, reader.Find(key), $"another source: the {SpecText.Word(without)} model has no initial state of its own");
        }

        var name = reader.Text("initial.case", names.Count > 0 ? names[0] : "", false,
            $"one of the model's own initial states, {string.Join(", ", names)}", text => kind is null || names.Contains(text));
        var time = reader.Text("initial.time", TimeOfCases, false, "a time such as \"2000-01-01\" or \"2000-01-01T12:00:00Z\"", IsTime);
        var variables = kind is { } given ? ModelCases.Variables(given) : [];
        return new InitialSpec(
            InitialSource.Model, "", new InitialTime(time, null), [.. variables.Select(v => new InitialVariable(v, v))]) { Case = name };
    }

    private static InitialSpec FromFile(SettingReader reader)
    {
        var path = SpecPaths.Input(reader, "initial.path", "a NetCDF file with the initial fields");
        var time = reader.Read<InitialTime?>("initial.time", null, false,
            "a time such as \"1990-01-16\" or \"1990-01-16T12:00:00Z\", or an index on the file's time axis, from 0", TryTime);
        return new InitialSpec(InitialSource.NetCdf, path, time, Variables(reader));
    }

    private static bool TryTime(HoconScalar scalar, out InitialTime? time)
    {
        if (scalar.Kind == HoconScalarKind.Number)
        {
            var isIndex = scalar.TryInt64(out var index) && index is >= 0 and <= int.MaxValue;
            time = isIndex ? new InitialTime(null, (int)index) : null;
            return isIndex;
        }

        time = new InitialTime(scalar.Text, null);
        return IsTime(scalar.Text);
    }

    // Only ranges that hold in every calendar are checked: a model's calendar may well have a 30th of February.
    private static bool IsTime(string text)
    {
        var match = TimePattern().Match(text);
        return match.Success
            && Number("month") is >= 1 and <= 12
            && Number("day") is >= 1 and <= 31
            && Number("hour") <= 23
            && Number("minute") <= 59
            && Number("second") <= 59;

        int Number(string group)
            => match.Groups[group] is { Success: true } found
                ? int.Parse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
                : 0;
    }

    private static List<InitialVariable> Variables(SettingReader reader)
    {
        const string key = "initial.variables";
        const string expected = "an object that names the file's variable for each of the model's, such as { u = u10m, v = v10m }";
        var variables = new List<InitialVariable>();
        if (reader.Find(key) is not HoconObject { Keys.Count: > 0 } map)
        {
            reader.Wrong(key, reader.Find(key), expected);
            return variables;
        }

        foreach (var name in map.Keys)
        {
            if (map[name] is HoconScalar { IsNull: false, Text.Length: > 0 } variable && name.Length > 0)
            {
                variables.Add(new InitialVariable(name, variable.Text));
            }
            else
            {
                reader.Wrong($"{key}.{name}", map[name], "the name of a variable in the file");
            }
        }

        return variables;
    }

    [GeneratedRegex(
        @"\A[0-9]{4}-(?<month>[0-9]{2})-(?<day>[0-9]{2})" +
        @"([T ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2})(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TimePattern();
}
