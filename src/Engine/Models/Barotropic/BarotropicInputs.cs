namespace Cairn.Engine.Models.Barotropic;

/// <summary>The options that shape numbers beyond script, step, grid and element type, as texts that are compared on resume.</summary>
internal static class BarotropicInputs
{
    internal static IEnumerable<string> Of(BarotropicOptions options)
    {
        yield return FormattableString.Invariant($"truncation = {options.Truncation}");
        if (options.Hyperdiffusion is { } damping)
        {
            yield return FormattableString.Invariant($"hyperdiffusion = order {damping.Order}, {damping.Timescale.TotalSeconds} s");
        }
    }
}
