namespace Cairn.Storage.NetCdf;

/// <summary>
/// How a variable's stored numbers become values (NetCDF User's Guide, appendix A; CF conventions 8.1): in double precision, whatever the
/// attributes' types.
/// </summary>
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
        {
            value = Rule(value, out var unpacked) is null ? unpacked : double.NaN;
        }
    }

    /// <summary>How many of the stored numbers stand for no value, by the rule that says so.</summary>
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
            {
                return rule;
            }
        }

        return null;
    }
}
