using Cairn.Engine.Sources;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>initial.variables</c>, whose values mean something else for each source.</summary>
internal static class InitialVariables
{
    private const string Key = "initial.variables";

    /// <summary>Names that the source has for them.</summary>
    public static List<InitialVariable> Named(SettingReader reader, string expected) =>
        [.. Texts(reader, expected, "the name of a variable in the file").Select(v => new InitialVariable(v.Name, v.Text))];

    /// <summary>A file for each.</summary>
    public static List<InitialVariable> Files(SettingReader reader)
    {
        const string expected = "an object that names a .npy file for each of the model's variables, such as { u = u.npy, v = v.npy }";
        const string what = "a .npy file with the variable's initial field";
        return [.. Texts(reader, expected, "the path of " + what).Select(v =>
            new InitialVariable(v.Name, SpecPaths.Input(reader, $"{Key}.{v.Name}", v.Value, what)))];
    }

    /// <summary>Quantities of an analytic flow; by default its winds.</summary>
    public static List<InitialVariable> OfFlow(SettingReader reader, string flow)
    {
        if (reader.Find(Key) is null)
        {
            return [new InitialVariable("u", "u"), new InitialVariable("v", "v")];
        }

        var known = AnalyticFlows.Quantities(flow);
        var expected = $"an object that names one of {string.Join(", ", known)} for each of the model's variables, such as "
            + "{ u = u, v = v }";
        var variables = Named(reader, expected);
        foreach (var odd in variables.Where(v => known.Count > 0 && !known.Contains(v.FileVariable)))
        {
            reader.Wrong($"{Key}.{odd.Name}", reader.Find(Key), odd.FileVariable, $"one of {string.Join(", ", known)}, which {flow} has");
        }

        return variables;
    }

    /// <summary>The noise of each.</summary>
    public static List<(string Name, RandomFieldSpec Noise)> Noise(SettingReader reader)
    {
        const string expected = "an object that tells the noise of each of the model's variables, such as "
            + "{ u { mean = 10, amplitude = 5, length-scale-km = 1000 }, v { amplitude = 5 } }";
        var variables = new List<(string, RandomFieldSpec)>();
        foreach (var (name, value) in Entries(reader, expected))
        {
            if (value is HoconObject noise)
            {
                variables.Add((name, Noise(reader, $"{Key}.{name}", noise)));
            }
            else
            {
                reader.Wrong($"{Key}.{name}", value, expected);
            }
        }

        return variables;
    }

    private static RandomFieldSpec Noise(SettingReader reader, string key, HoconObject noise)
    {
        foreach (var odd in noise.Keys.Except(["mean", "amplitude", "length-scale-km"], StringComparer.Ordinal))
        {
            reader.Wrong($"{key}.{odd}", noise[odd], "an unknown setting", "mean, amplitude or length-scale-km");
        }

        double? Number(string name, string expected, Func<double, bool> isGood)
        {
            var value = noise.Keys.Contains(name) ? noise[name] : null;
            if (value is null or HoconScalar { IsNull: true })
            {
                return null;
            }

            if (value is HoconScalar scalar && scalar.TryDouble(out var number) && double.IsFinite(number) && isGood(number))
            {
                return number;
            }

            reader.Wrong($"{key}.{name}", value, expected);
            return null;
        }

        return new RandomFieldSpec(
            Number("mean", "what the noise is added to, a number", _ => true) ?? 0,
            Number("amplitude", "the standard deviation of the noise, a number of at least 0", v => v >= 0) ?? 1,
            Number("length-scale-km", "a length in km, from 1 to 20000", v => v is >= 1 and <= 20_000));
    }

    private static IEnumerable<(string Name, string Text, HoconValue Value)> Texts(SettingReader reader, string expected, string each)
    {
        foreach (var (name, value) in Entries(reader, expected))
        {
            if (value is HoconScalar { IsNull: false, Text.Length: > 0 } variable && name.Length > 0)
            {
                yield return (name, variable.Text, value);
            }
            else
            {
                reader.Wrong($"{Key}.{name}", value, each);
            }
        }
    }

    private static IEnumerable<(string Name, HoconValue? Value)> Entries(SettingReader reader, string expected)
    {
        if (reader.Find(Key) is HoconObject { Keys.Count: > 0 } map)
        {
            return [.. map.Keys.Select(name => (name, (HoconValue?)map[name]))];
        }

        reader.Wrong(Key, reader.Find(Key), expected);
        return [];
    }
}
