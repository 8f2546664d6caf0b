namespace Cairn.Storage.NetCdf;

/// <summary>Which of a variable's numbers stand for no value (NetCDF User's Guide, appendix A; CF conventions 2.5.1). <c>actual_range</c>
/// tells of the data and makes nothing missing, nor does a <c>_FillValue</c> bound what is valid, to any reader in use.</summary>
internal sealed class MissingRules(string path, NetCdfVariable variable, StoredSign sign, double scale, bool packed)
{
    private const string Range = "valid_range";
    private readonly List<MissingRule> _rules = [];

    /// <exception cref="DataException">An attribute has no meaning.</exception>
    internal IReadOnlyList<MissingRule> Read()
    {
        Equal("_FillValue");
        Equal("missing_value");
        NeverWritten();
        if (NumericAttribute.Find(path, variable, Range, 2) is [var low, var high])
            Between(Range, low, high);

        if (NumericAttribute.Find(path, variable, "valid_min", 1) is [var least])
            Between("valid_min", least, null);

        if (NumericAttribute.Find(path, variable, "valid_max", 1) is [var most])
            Between("valid_max", null, most);

        return _rules;
    }

    private void Equal(string name)
    {
        // NaN is always missing.
        foreach (var number in (NumericAttribute.Find(path, variable, name) ?? []).Where(n => !double.IsNaN(n)).Select(sign.Apply))
        {
            var reason = $"equal {Shown(name)}";
            if (sign.Holds(number))
            {
                _rules.Add(new MissingRule(reason, Same(number, variable.Attributes[name].Type), Unpacked: false));
            }
            else if (packed)
            {
                // No stored number can be this one, so it is an unpacked value.
                _rules.Add(new MissingRule(reason, value => Math.Abs(value - number) <= Math.Abs(scale) / 2, Unpacked: true));
            }
        }
    }

    /// <summary>A number kept in single precision on either side is compared in it.</summary>
    private Func<double, bool> Same(double number, NetCdfType type)
    {
        var single = (float)number;
        return variable.Type == NetCdfType.Float || (variable.Type == NetCdfType.Double && type == NetCdfType.Float && single != 0)
            ? value => (float)value == single
            : value => value == number;
    }

    private void NeverWritten()
    {
        if (!variable.Attributes.ContainsKey("_FillValue") && StoredType.NeverWritten(variable.Type) is { } number)
            _rules.Add(new MissingRule(
                string.Create(CultureInfo.InvariantCulture, $"equal {number:R}, libnetcdf's default fill value (if it is a value, give "
                    + $"the variable another _FillValue)"),
                Same(sign.Apply(number), variable.Type), Unpacked: false));
    }

    private void Between(string name, double? low, double? high)
    {
        var unpacked = SpeaksOfValues(name);
        var (least, most) = (Bound(low, unpacked) ?? double.NegativeInfinity, Bound(high, unpacked) ?? double.PositiveInfinity);
        if (!(least <= most))
            throw AttributeDefect.Of(path, variable, name, "leaves no value valid", "the lower number first, and no NaN");

        // A packed value is as exact as its step.
        var slack = unpacked && StoredType.IsInteger(variable.Type) ? Math.Abs(scale) / 2 : 0;
        _rules.Add(new MissingRule(
            $"outside {Shown(name)}", value => value < least - slack || value > most + slack, unpacked));
    }

    private double? Bound(double? bound, bool unpacked) => bound switch
    {
        null => null,
        { } number when unpacked => number,
        { } number when variable.Type == NetCdfType.Float => (float)number,
        { } number => sign.Apply(number),
    };

    /// <summary>A range is in the units of what is stored, unless its type says otherwise: the unpacked one, and wider than the stored one.
    /// Integers can have no bounds in floats but those of their values.</summary>
    private bool SpeaksOfValues(string name)
    {
        var type = variable.Attributes[name].Type;
        if (packed && variable.Attributes[name].Text is not null)
            throw AttributeDefect.Of(
                path, variable, name, "is text, which does not say whether packed or unpacked values are meant",
                $"numbers of the type {variable.Type} for packed, of the type of scale_factor for unpacked values");

        return packed && StoredType.IsFloating(type)
            && (StoredType.IsInteger(variable.Type) || (variable.Type == NetCdfType.Float && type == NetCdfType.Double && ScaleIs(type)));
    }

    private bool ScaleIs(NetCdfType type) => variable.Attributes.GetValueOrDefault("scale_factor")?.Type == type
        || variable.Attributes.GetValueOrDefault("add_offset")?.Type == type;

    private string Shown(string name) => $"{name} = {AttributeDefect.Shown(variable.Attributes[name])}";
}

/// <summary>One of the rules by which a number in a file means a missing value.</summary>
/// <param name="Unpacked">Whether the rule is for unpacked values rather than stored numbers.</param>
internal sealed record MissingRule(string Reason, Func<double, bool> Covers, bool Unpacked);
