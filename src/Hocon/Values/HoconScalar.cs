using System.Globalization;
using Cairn.Hocon.Syntax;
using Cairn.Hocon.Units;

namespace Cairn.Hocon.Values;

/// <summary>What a scalar was written as.</summary>
public enum HoconScalarKind
{
    /// <summary>Text, quoted or not.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>.</summary>
    Null,
}

/// <summary>A text, number, boolean or null. Conversions follow the specification: numbers and booleans are read from text too.</summary>
/// <param name="origin">Where it was written.</param>
/// <param name="kind">What it is.</param>
/// <param name="text">Its text as written, without quotes and escapes.</param>
public sealed class HoconScalar(HoconOrigin origin, HoconScalarKind kind, string text) : HoconValue(origin, 0)
{
    /// <summary>What it was written as.</summary>
    public HoconScalarKind Kind { get; } = kind;

    /// <summary>Its text as written, without quotes and escapes: a number keeps its digits.</summary>
    public string Text { get; } = text;

    /// <summary>Whether it is <c>null</c>.</summary>
    public bool IsNull => Kind == HoconScalarKind.Null;

    /// <summary>A whole number without fraction or exponent that fits 64 bits with sign.</summary>
    public bool TryInt64(out long value)
    {
        value = 0;
        return IsNumber && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A finite number.</summary>
    public bool TryDouble(out double value)
    {
        value = 0;
        return IsNumber && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary><c>true</c>, <c>yes</c>, <c>on</c>, <c>false</c>, <c>no</c> or <c>off</c>.</summary>
    public bool TryBoolean(out bool value)
    {
        value = Text is "true" or "yes" or "on";
        return Kind is HoconScalarKind.Boolean or HoconScalarKind.Text && (value || Text is "false" or "no" or "off");
    }

    /// <summary>A duration, such as <c>30m</c> or <c>10 days</c>; see <see cref="HoconDuration"/>.</summary>
    public bool TryDuration(out TimeSpan value, bool unitRequired = false)
    {
        value = default;
        return !IsNull && HoconDuration.TryParse(Text, out value, unitRequired);
    }

    /// <summary>A size in bytes, such as <c>64MiB</c>; see <see cref="HoconSize"/>.</summary>
    public bool TrySize(out long bytes)
    {
        bytes = 0;
        return !IsNull && HoconSize.TryParse(Text, out bytes);
    }

    private bool IsNumber => Kind == HoconScalarKind.Number || (Kind == HoconScalarKind.Text && JsonNumber.Matches(Text));
}
