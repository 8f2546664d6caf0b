namespace Cairn.Storage.NetCdf;

/// <summary>How a variable's stored numbers become values (NetCDF User's Guide, appendix A; CF conventions 8.1).</summary>
internal sealed record Packing(double Scale, double Offset, IReadOnlyList<double> Missing)
{
    /// <summary>What libnetcdf puts where a floating-point variable was never written (NC_FILL_FLOAT, NC_FILL_DOUBLE).</summary>
    private const double NeverWritten = 9.9692099683868690e+36;

    internal static Packing Of(NetCdfVariable variable)
    {
        var missing = new List<double>();
        foreach (var attribute in new[] { "_FillValue", "missing_value" })
        {
            missing.AddRange(variable.Attributes.GetValueOrDefault(attribute)?.Numbers ?? []);
        }

        if (!variable.Attributes.ContainsKey("_FillValue") && variable.Type is NetCdfType.Float or NetCdfType.Double)
        {
            missing.Add(NeverWritten);
        }

        // A double attribute on a float variable means the nearest float, since only that can be stored.
        var stored = variable.Type == NetCdfType.Float ? missing.Select(m => (double)(float)m) : missing;
        return new Packing(variable.Number("scale_factor") ?? 1, variable.Number("add_offset") ?? 0,
            [.. stored.Where(m => !double.IsNaN(m))]);
    }

    internal void Unpack(Span<double> values)
    {
        foreach (ref var value in values)
        {
            value = Missing.Contains(value) ? double.NaN : (value * Scale) + Offset;
        }
    }
}
