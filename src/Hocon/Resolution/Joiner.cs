using Cairn.Hocon.Syntax;
using Cairn.Hocon.Values;

namespace Cairn.Hocon.Resolution;

/// <summary>Joins the resolved parts of a value: texts into a text, arrays into an array, objects into an object.</summary>
internal sealed class Joiner(HoconOptions options)
{
    private static readonly HoconOrigin SpaceOrigin = new("white space between parts", 0, 0, null);

    /// <summary>White space as a part that gives way to arrays and objects.</summary>
    public static HoconScalar Space(SpaceNode space) => new(SpaceOrigin, HoconScalarKind.Text, space.Text);

    /// <summary>The joined value, or null when every part was an undefined optional substitution.</summary>
    public HoconValue? Join(HoconOrigin origin, IReadOnlyList<HoconValue?> parts)
    {
        var values = parts.Where(p => p is not null && !IsSpace(p)).Select(p => p!).ToList();
        return values switch
        {
            [] => null,
            _ when values.All(v => v is HoconScalar) => Text(origin, parts),
            _ when values.All(v => v is HoconArray) => Array(origin, values),
            _ when values.All(v => v is HoconObject) => values.Cast<HoconObject>().Aggregate((under, over) => over.Over(under)),
            _ => throw Mixed(origin, values),
        };
    }

    private HoconScalar Text(HoconOrigin origin, IReadOnlyList<HoconValue?> parts)
    {
        var texts = parts.Select(p => (p as HoconScalar)?.Text ?? "").ToList();
        CheckLength(origin, texts.Sum(t => (long)t.Length), "characters");
        return new HoconScalar(origin, HoconScalarKind.Text, string.Concat(texts));
    }

    private HoconArray Array(HoconOrigin origin, List<HoconValue> values)
    {
        CheckLength(origin, values.Sum(v => (long)((HoconArray)v).Items.Count), "elements");
        return new HoconArray(origin, [.. values.SelectMany(v => ((HoconArray)v).Items)]);
    }

    private void CheckLength(HoconOrigin origin, long length, string unit)
    {
        if (length > options.MaxWork)
        {
            throw new HoconException(origin, $"a joined value of {length} {unit}", $"at most {options.MaxWork}");
        }
    }

    private static bool IsSpace(HoconValue value) => ReferenceEquals(value.Origin, SpaceOrigin);

    private static HoconException Mixed(HoconOrigin origin, List<HoconValue> values)
    {
        var kinds = values.Select(v => v switch { HoconArray => "an array", HoconObject => "an object", _ => "a text" }).Distinct();
        var found = $"{string.Join(" and ", kinds)} joined in one value";
        return new HoconException(origin, found, "parts of one kind, or a comma between them");
    }
}
