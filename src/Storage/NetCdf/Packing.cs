namespace Cairn.Storage.NetCdf;

/// <summary>How a variable's stored numbers become values (NetCDF User's Guide, appendix A; CF conventions 8.1): in double precision,
/// whatever the attributes' types.</summary>
internal sealed class Packing
{
    private readonly StoredSign _sign;
    private readonly double _scale;
    private readonly double _offset;
    private readonly IReadOnlyList<MissingRule> _rules;

    private Packing(string path, NetCdfVariable variable)
    {
        var (scale, offset) = (Number("scale_factor"), Number("add_offset"));
        (_scale, _offset) = (scale ?? 1, offset ?? 0);
        _sign = StoredSign.Of(path, variable);
        _rules = new MissingRules(path, variable, _sign, _scale, scale is not null || offset is not null).Read();

        double? Number(string name) => NumericAttribute.Single(path, variable, name);
    }

    /// <exception cref="DataException">An attribute has no meaning; the message names it and how to fix it.</exception>
    internal static Packing Of(string path, NetCdfVariable variable) => new(path, variable);

    internal void Unpack(Span<double> values)
    {
        foreach (ref var value in values)
            value = Rule(value, out var unpacked) is null ? unpacked : double.NaN;
    }

    /// <summary>How many of the stored numbers are missing values, by rule.</summary>
    internal string WhyMissing(ReadOnlySpan<double> stored)
    {
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var number in stored)
        {
            var rule = Rule(number, out var unpacked);
            if (rule is not null || !double.IsFinite(unpacked))
            {
                var reason = rule?.Reason ?? "NaN or infinite";
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
        }

        return string.Join("; ", reasons.Select(reason => $"{reason.Value} {reason.Key}"));
    }

    private MissingRule? Rule(double stored, out double unpacked)
    {
        var number = _sign.Apply(stored);
        unpacked = (number * _scale) + _offset;
        foreach (var rule in _rules)
        {
            if (rule.Covers(rule.Unpacked ? unpacked : number))
                return rule;
        }

        return null;
    }
}

/// <summary>How <c>_Unsigned</c> has the bits of integers read (NetCDF User's Guide, appendix A): as unsigned where the type is signed, as
/// signed where it is unsigned, or as they are.</summary>
/// <param name="Turn">What is added to numbers below 0 (or taken from those of the upper half); 0 leaves them.</param>
internal readonly record struct StoredSign(NetCdfType Type, double Turn)
{
    private const string Name = "_Unsigned";

    /// <exception cref="DataException">The attribute is neither "true" nor "false", or belongs to no integers.</exception>
    internal static StoredSign Of(string path, NetCdfVariable variable)
    {
        if (!variable.Attributes.TryGetValue(Name, out var attribute))
        {
            AttributeDefect.RefuseOtherCase(path, variable, Name);
            return new StoredSign(variable.Type, 0);
        }

        var unsigned = attribute.Text?.Trim().ToLowerInvariant() switch
        {
            "true" => true,
            "false" => false,
            _ => throw AttributeDefect.Of(path, variable, Name, "says neither yes nor no", "the text \"true\" or \"false\""),
        };
        if (unsigned && StoredType.IsFloating(variable.Type))
            throw AttributeDefect.Of(path, variable, Name, $"has no meaning for values of type {variable.Type}", "none beside floats");

        var turn = Math.Pow(2, StoredType.Bits(variable.Type));
        return (unsigned, StoredType.IsSigned(variable.Type), StoredType.IsUnsigned(variable.Type)) switch
        {
            (true, true, _) => new StoredSign(Turned(variable.Type), turn),
            (false, _, true) => new StoredSign(Turned(variable.Type), -turn),
            _ => new StoredSign(variable.Type, 0),
        };
    }

    internal double Apply(double stored) => Turn switch
    {
        > 0 => stored < 0 ? stored + Turn : stored,
        < 0 => stored >= -Turn / 2 ? stored + Turn : stored,
        _ => stored,
    };

    /// <summary>Whether the variable can hold a number.</summary>
    internal bool Holds(double number)
    {
        if (!StoredType.IsInteger(Type))
            return true;

        var bits = StoredType.Bits(Type);
        var (low, high) = StoredType.IsSigned(Type) ? (-Math.Pow(2, bits - 1), Math.Pow(2, bits - 1)) : (0, Math.Pow(2, bits));
        // Numbers of 64 bits are doubles here, whose greatest is rounded up to the first that does not fit.
        return Math.Floor(number) == number && number >= low && (number < high || (bits == 64 && number == high));
    }

    private static NetCdfType Turned(NetCdfType type) => type switch
    {
        NetCdfType.SignedByte => NetCdfType.UnsignedByte,
        NetCdfType.Int16 => NetCdfType.UInt16,
        NetCdfType.Int32 => NetCdfType.UInt32,
        NetCdfType.Int64 => NetCdfType.UInt64,
        NetCdfType.UnsignedByte => NetCdfType.SignedByte,
        NetCdfType.UInt16 => NetCdfType.Int16,
        NetCdfType.UInt32 => NetCdfType.Int32,
        _ => NetCdfType.Int64,
    };
}
