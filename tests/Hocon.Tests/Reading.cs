using Cairn.Hocon.Values;

namespace Cairn.Hocon.Tests;

/// <summary>Shorthands for reading a text without the process's environment, and for showing what came of it.</summary>
internal static class Reading
{
    public static readonly HoconOptions Sealed = new() { Environment = _ => null, OpenFile = _ => null };
    public static HoconObject Read(string text, HoconOptions? options = null) => HoconReader.ReadText(text, options: options ?? Sealed);

    public static HoconException Fails(string text, HoconOptions? options = null)
        => Assert.Throws<HoconException>(() => Read(text, options));

    /// <summary>One line of JSON, so that kinds of scalars show.</summary>
    public static string Show(HoconValue? value) => value switch
    {
        null => "(nothing)",
        HoconScalar { Kind: HoconScalarKind.Text } text => HoconWriter.Quote(text.Text),
        HoconScalar scalar => scalar.Text,
        HoconArray array => "[" + string.Join(",", array.Items.Select(Show)) + "]",
        HoconObject holder => "{" + string.Join(",", holder.Keys.Select(k => HoconWriter.Quote(k) + ":" + Show(holder[k]))) + "}",
        _ => throw new InvalidOperationException("unknown kind"),
    };

    public static void Means(string text, string json, HoconOptions? options = null)
        => Assert.Equal(json.Replace('\'', '"'), Show(Read(text, options)));
}
