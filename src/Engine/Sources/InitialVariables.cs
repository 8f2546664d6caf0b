namespace Cairn.Engine.Sources;

/// <summary>The types of <c>initial.variables</c>, whose values mean something else for each source.</summary>
internal static class InitialVariables
{
    /// <summary>The winds of a flow.</summary>
    public static IReadOnlyList<InitialVariable> OfWinds { get; } = [new("u", "u"), new("v", "v")];

    /// <summary>Names that the source has for them.</summary>
    public static SettingType<IReadOnlyList<InitialVariable>> Named(string expected) => Object(
        expected, (reader, key, name, value) => Text(reader, key, name, value, "the name of a variable in the file"),
        v => (v.Name, v.FileVariable));

    /// <summary>A file for each, whose contents are compared rather than its name.</summary>
    public static SettingType<IReadOnlyList<InitialVariable>> Files()
    {
        const string what = "a .npy file with the variable's initial field";
        return Object(
            "an object that names a .npy file for each of the model's variables, such as { u = u.npy, v = v.npy }",
            (reader, key, name, value) => Text(reader, key, name, value, "the path of " + what) is { } variable
                ? variable with { FileVariable = SpecPaths.Input(reader, $"{key}.{name}", value, what) } : null,
            v => (v.Name, v.FileVariable)) with
        {
            Entries = (key, value) => [new SpecEntry(key, SpecText.List([.. value.AsObject().Select(v => v.Key)]))],
            InputFiles = (key, variables) => variables.Select(v => new SpecEntry($"{key}.{v.Name}", v.FileVariable)),
        };
    }

    public static SettingType<IReadOnlyList<(string Name, RandomFieldSpec Noise)>> Noise()
    {
        const string expected = "an object with the noise of each of the model's variables, such as "
            + "{ u { mean = 10, amplitude = 5, length-scale-km = 1000 }, v { amplitude = 5 } }";
        return new SettingType<IReadOnlyList<(string Name, RandomFieldSpec Noise)>>(
            "object", expected,
            (SettingReader reader, string key, HoconValue value, out IReadOnlyList<(string Name, RandomFieldSpec Noise)> variables) =>
            {
                var read = new List<(string, RandomFieldSpec)>();
                variables = read;
                foreach (var name in (value as HoconObject)?.Keys ?? [])
                {
                    if (((HoconObject)value)[name] is HoconObject noise)
                        read.Add((name, Noise(reader, $"{key}.{name}", noise)));
                    else
                        reader.Wrong($"{key}.{name}", ((HoconObject)value)[name], expected);
                }
                return value is HoconObject { Keys.Count: > 0 };
            },
            variables => new JsonObject(variables.Select(v => KeyValuePair.Create(v.Name, (JsonNode?)Write(v.Noise)))))
        {
            Otherwise = [],
        };
    }

    /// <summary>Quantities of an analytic flow; by default its winds.</summary>
    public static IReadOnlyList<InitialVariable> OfFlow(
        SettingReader reader, Setting<IReadOnlyList<InitialVariable>> setting, string flow)
    {
        var known = AnalyticFlows.Quantities(flow);
        var expected = $"an object that names one of {string.Join(", ", known)} for each of the model's variables, such as "
            + "{ u = u, v = v }";
        var variables = reader.Read(setting.Key, Named(expected), setting.Usual.Value);
        foreach (var odd in variables.Where(v => known.Count > 0 && !known.Contains(v.FileVariable)))
            reader.Wrong($"{setting.Key}.{odd.Name}", reader.Find(setting.Key), odd.FileVariable,
                $"one of {string.Join(", ", known)}, which {flow} has");
        return variables;
    }

    private static SettingType<IReadOnlyList<InitialVariable>> Object(
        string expected, Func<SettingReader, string, string, HoconValue, InitialVariable?> read,
        Func<InitialVariable, (string Key, JsonNode? Value)> write) => new(
            "object", expected,
            (SettingReader reader, string key, HoconValue value, out IReadOnlyList<InitialVariable> variables) =>
            {
                variables = value is HoconObject map
                    ? [.. map.Keys.Select(name => read(reader, key, name, map[name])).OfType<InitialVariable>()] : [];
                return value is HoconObject { Keys.Count: > 0 };
            },
            variables => new JsonObject(variables.Select(write).Select(v => KeyValuePair.Create(v.Key, v.Value))))
        {
            Otherwise = [],
        };

    private static InitialVariable? Text(SettingReader reader, string key, string name, HoconValue value, string each)
    {
        if (value is HoconScalar { IsNull: false, Text.Length: > 0 } variable && name.Length > 0)
            return new InitialVariable(name, variable.Text);
        reader.Wrong($"{key}.{name}", value, each);
        return null;
    }

    private static RandomFieldSpec Noise(SettingReader reader, string key, HoconObject noise)
    {
        foreach (var odd in noise.Keys.Except(["mean", "amplitude", "length-scale-km"]))
            reader.Wrong($"{key}.{odd}", noise[odd], "an unknown setting", "mean, amplitude or length-scale-km");

        // The name may hold dots, so that these are not found by their keys.
        double? Read(string name, SettingType<double> type)
        {
            if (!noise.TryGet(name, out var value) || value is HoconScalar { IsNull: true })
                return null;
            if (type.TryRead(reader, name, value, out var number))
                return number;
            reader.Wrong($"{key}.{name}", value, type.Expected);
            return null;
        }

        return new RandomFieldSpec(
            Read("mean", Number("what the noise is added to, a number")) ?? 0,
            Read("amplitude", Number("the standard deviation of the noise, a number of at least 0", v => v >= 0)) ?? 1,
            Read("length-scale-km", Number("a length in km, from 1 to 20000", v => v is >= 1 and <= 20_000)));
    }

    private static JsonObject Write(RandomFieldSpec noise)
    {
        var json = new JsonObject { ["mean"] = noise.Mean, ["amplitude"] = noise.Amplitude };
        if (noise.LengthScaleKm is { } length)
            json["length-scale-km"] = length;
        return json;
    }
}
