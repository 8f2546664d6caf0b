using System.Globalization;

namespace Cairn.Engine.Runs;

/// <summary>
/// What of <c>initial</c> must be equal when a run is resumed, besides the contents of the files that it names: those are digested, so that
/// a moved one is no difference.
/// </summary>
internal static class InitialNumerics
{
    public static IEnumerable<SpecEntry> Of(InitialSpec initial)
    {
        yield return new("initial.source", SpecText.Word(initial.Source));
        if (initial.Case is { } name)
        {
            yield return new("initial.case", name);
        }

        if (initial.Source == InitialSource.Zarr)
        {
            var leadTime = initial.LeadTime is { } given ? SpecText.Duration(given) : "the last committed one";
            yield return new("initial.lead-time", leadTime);
            yield return new("initial.member", initial.Member.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            yield return new("initial.time", initial.Time?.ToString() ?? "the only one");
        }

        yield return new("initial.variables", SpecText.List([.. Variables(initial)]));
        if (initial.Source == InitialSource.Random)
        {
            yield return new("initial.seed", initial.Seed.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var entry in Grids(initial))
        {
            yield return entry;
        }
    }

    private static IEnumerable<string> Variables(InitialSpec initial) => initial.Source switch
    {
        InitialSource.Npy => initial.VariableNames,
        InitialSource.Random => initial.Variables.Zip(initial.Noise, (v, n) => $"{v.Name} = {Noise(n)}"),
        _ => initial.Variables.Select(v => $"{v.Name} = {v.FileVariable}"),
    };

    private static string Noise(RandomFieldSpec noise) => $"mean {SpecText.Number(noise.Mean)} amplitude {SpecText.Number(noise.Amplitude)}"
        + (noise.LengthScaleKm is { } length ? $" length-scale-km {SpecText.Number(length)}" : "");

    private static IEnumerable<SpecEntry> Grids(InitialSpec initial)
    {
        if (initial.Grid is { } grid)
        {
            yield return new("initial.grid.latitude", grid.Latitude.ToString());
            yield return new("initial.grid.longitude", grid.Longitude.ToString());
        }

        if (initial.Regrid is { } regrid)
        {
            yield return new("initial.regrid.latitude", regrid.Grid.Latitude.ToString());
            yield return new("initial.regrid.longitude", regrid.Grid.Longitude.ToString());
            yield return new("initial.regrid.method", SpecText.Word(regrid.Method));
        }
    }
}
