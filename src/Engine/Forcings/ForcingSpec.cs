namespace Cairn.Engine.Forcings;

/// <summary>A field that follows from time and place alone; see <see cref="SolarGeometry"/>.</summary>
public enum ForcingQuantity
{
    /// <summary>The cosine of the sun's zenith angle, below 0 at night.</summary>
    CosZenith,

    /// <summary>The same where the sun is up, else 0.</summary>
    Daylight,

    /// <summary>The power of sunlight on top of the atmosphere, in W/m².</summary>
    Insolation,

    /// <summary>The sine of the part of the year that has passed, as an angle.</summary>
    SinYear,

    /// <summary>Its cosine.</summary>
    CosYear,

    /// <summary>The sine of the part of the day that has passed at a longitude, as an angle.</summary>
    SinDay,

    /// <summary>Its cosine.</summary>
    CosDay,
}

/// <summary>What a step at some time takes of a file's times.</summary>
public enum ForcingTimes
{
    /// <summary>The one at that time.</summary>
    Exact,

    /// <summary>The one that is nearest, the earlier of two.</summary>
    Nearest,

    /// <summary>What lies on the line between the two around it.</summary>
    Linear,

    /// <summary>The same of times of one year, which comes again every year.</summary>
    Yearly,

    /// <summary>The only one, at any time.</summary>
    Constant,
}

/// <summary>An input of each step that is not part of the state, since it depends on the time alone (<c>model.forcing</c>).</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">How long after the time that a step begins at it is taken.</param>
public sealed record ForcingSpec(string Name, TimeSpan At)
{
    /// <summary>What is worked out; null where it is read.</summary>
    public ForcingQuantity? Quantity { get; init; }

    /// <summary>Where it is read, one variable; null where it is worked out.</summary>
    public InitialSpec? Source { get; init; }

    /// <summary>Which of the source's times are taken.</summary>
    public ForcingTimes Times { get; init; }

    /// <summary>Its setting.</summary>
    internal string Key => $"{ForcingSettings.Key}.{Name}";
}

/// <summary>The setting <c>model.forcing</c>, an object of quantities and files by name.</summary>
internal static class ForcingSettings
{
    internal const string Key = "model.forcing";

    private static readonly string[] OfQuantity = ["quantity", "at"];
    private static readonly string[] OfFile = ["source", "path", "variable", "member", "times", "missing", "at"];
    private static readonly string[] Sources = [NetCdfSource.Name, StoredRunSource.Name];
    private static readonly SettingType<TimeSpan> At = Duration("a duration with its unit, such as 6h", _ => true);

    internal static SettingType<IReadOnlyList<ForcingSpec>> Type { get; } = new(
        "object", "an object of quantities and files by name, such as { sun = cos-zenith, sst { path = sst.nc, times = linear } }",
        (SettingReader reader, string key, HoconValue value, out IReadOnlyList<ForcingSpec> forcing) =>
        {
            forcing = value is HoconObject map
                ? [.. map.Keys.Select(name => Read(reader, $"{key}.{name}", name, map[name])).OfType<ForcingSpec>()] : [];
            return value is HoconObject;
        },
        forcing => new JsonObject(forcing.Select(f => KeyValuePair.Create(f.Name, (JsonNode?)Write(f)))))
    {
        Otherwise = [],
        // What a path names is compared by its contents.
        Entries = (key, value) => value.AsObject().Select(f => new SpecEntry($"{key}.{f.Key}", WithoutPath(f.Value!).ToJsonString())),
        InputFiles = (key, forcing) => forcing.Where(f => f.Source?.Source == NetCdfSource.Name)
            .Select(f => new SpecEntry($"{f.Key}.path", f.Source!.Path)),
    };

    private static ForcingSpec? Read(SettingReader reader, string key, string name, HoconValue value)
    {
        if (value is HoconScalar && Word<ForcingQuantity>().TryRead(reader, key, value, out var quantity))
            return new ForcingSpec(name, TimeSpan.Zero) { Quantity = quantity };
        if (value is not HoconObject item)
        {
            reader.Wrong(key, value, $"{Word<ForcingQuantity>().Expected}, or an object with a quantity or a path");
            return null;
        }
        var inner = reader.Within(item, key + ".");
        var isQuantity = item.Keys.Contains("quantity");
        var known = isQuantity ? OfQuantity : OfFile;
        foreach (var odd in item.Keys.Except(known))
            inner.Wrong(odd, item[odd], "an unknown setting", $"one of {string.Join(", ", known)}");
        var forcing = new ForcingSpec(name, inner.Read("at", At, TimeSpan.Zero));
        return isQuantity ? forcing with { Quantity = inner.Read("quantity", Word<ForcingQuantity>(), default, isRequired: true) }
            : forcing with { Source = ReadSource(inner, name), Times = inner.Read("times", Word<ForcingTimes>(), ForcingTimes.Exact) };
    }

    private static InitialSpec ReadSource(SettingReader inner, string name)
    {
        var source = inner.Read("source", OneOf(Sources), Sources[0]);
        var path = source == Sources[0] ? InputFile("a NetCDF file") : InputStore();
        return new InitialSpec(
            source, inner.Read("path", path, "", isRequired: true), null,
            [new InitialVariable(name, inner.Read("variable", Text("the name of a variable in the file"), name))])
        {
            Member = inner.Read("member", Integer("which member of the store", 0), 0),
            Missing = inner.Read("missing", Maybe(Number("a number that takes the place of missing values")), null),
        };
    }

    private static JsonObject Write(ForcingSpec forcing)
    {
        var json = new JsonObject();
        if (forcing.Source is { } source)
        {
            json["source"] = source.Source;
            json["path"] = source.Path;
            json["variable"] = source.Variables[0].FileVariable;
            json["member"] = source.Member;
            json["times"] = SpecText.Word(forcing.Times);
            json["missing"] = source.Missing;
        }
        else
        {
            json["quantity"] = SpecText.Word(forcing.Quantity!.Value);
        }
        json["at"] = At.Write(forcing.At);
        return json;
    }

    private static JsonObject WithoutPath(JsonNode forcing) =>
        new(forcing.AsObject().Where(f => f.Key != "path").Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));
}
