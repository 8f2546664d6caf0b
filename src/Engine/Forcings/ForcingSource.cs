using Cairn.Engine.Sources.Regridding;

namespace Cairn.Engine.Forcings;

/// <summary>One variable of a file or store, as a field of any time that its times give. Used by one thread at a time.</summary>
/// <param name="forcing">What is read, and which times are taken.</param>
/// <param name="grid">The grid that it has to be on, or is brought to.</param>
internal sealed class ForcingSource(ForcingSpec forcing, LatLonGrid grid)
{
    private const int KeptPlanes = 4;
    private const double Same = 0.0005;

    private readonly InitialSpec _source = forcing.Source! with { Regrid = null };
    private readonly List<(int Index, double[] Plane)> _kept = [];
    private (IReadOnlyList<CfTime> Times, double[] At)? _times;
    private GridTransfer? _transfer;

    /// <summary>The field of a time.</summary>
    internal double[] At(CfTime time)
    {
        var (before, after, weight) = Place(time) ?? throw new DataException(Lacks([time], 1));
        var plane = Plane(before);
        if (weight == 0)
            return plane;
        var next = Plane(after);
        return [.. plane.Select((value, i) => value + (weight * (next[i] - value)))];
    }

    /// <summary>Checks that it gives each of some times.</summary>
    internal void Require(IReadOnlyList<CfTime> times)
    {
        var missing = times.Where(time => Place(time) is null).ToList();
        if (missing.Count > 0)
            throw new DataException(Lacks(missing, times.Count));
        _ = At(times[0]);
    }

    /// <summary>The planes around a time, and how far it is from the first to the second; null where there are none.</summary>
    private (int Before, int After, double Weight)? Place(CfTime time)
    {
        if (forcing.Times == ForcingTimes.Constant)
            return (0, 0, 0);
        var (times, at) = Times();
        var wanted = CfTime.Parse(time.ToString(), times[0].Calendar, out _);
        if (forcing.Times == ForcingTimes.Yearly)
            return InYear(at, SolarGeometry.PartOfYear(wanted));
        var found = Array.BinarySearch(at, wanted.SecondsSince1970 - Same);
        var next = found < 0 ? ~found : found;
        if (next < at.Length && Math.Abs(at[next] - wanted.SecondsSince1970) <= Same)
            return (next, next, 0);
        return forcing.Times switch
        {
            ForcingTimes.Linear when next > 0 && next < at.Length =>
                (next - 1, next, (wanted.SecondsSince1970 - at[next - 1]) / (at[next] - at[next - 1])),
            ForcingTimes.Nearest when at.Length > 1 => Nearest(at, wanted.SecondsSince1970, next),
            _ => null,
        };
    }

    /// <summary>Before the first and after the last no further away than half of what lies between two.</summary>
    private static (int, int, double)? Nearest(double[] at, double wanted, int next)
    {
        var nearest = next == 0 ? 0 : next == at.Length ? next - 1 : wanted - at[next - 1] <= at[next] - wanted ? next - 1 : next;
        var gap = next == 0 ? at[1] - at[0] : at[Math.Min(next, at.Length - 1)] - at[Math.Min(next, at.Length - 1) - 1];
        return Math.Abs(at[nearest] - wanted) <= gap / 2 ? (nearest, nearest, 0) : null;
    }

    /// <summary>The last of a year and the first of the next are neighbours.</summary>
    private static (int, int, double) InYear(double[] at, double wanted)
    {
        var next = Array.FindIndex(at, part => part > wanted);
        var (before, after) = next <= 0 ? (at.Length - 1, 0) : (next - 1, next);
        var from = before > after && wanted < at[before] ? at[before] - 1 : at[before];
        var to = at[after] > from ? at[after] : at[after] + 1;
        return (before, after, (wanted - from) / (to - from));
    }

    /// <summary>The source's times, and where each is: in seconds, or as the part of a year.</summary>
    private (IReadOnlyList<CfTime> Times, double[] At) Times()
    {
        if (_times is { } known)
            return known;
        var times = InitialSources.Times(_source);
        Func<CfTime, double> place = forcing.Times == ForcingTimes.Yearly ? SolarGeometry.PartOfYear : time => time.SecondsSince1970;
        var at = times.Select(place).ToArray();
        var defect = times.Count == 0 ? "no times; expected at least one"
            : forcing.Times == ForcingTimes.Yearly && (times.Count < 2 || times.Any(time => time.Year != times[0].Year))
                ? $"{Found(times)}; expected at least two, all of one year, since times = yearly"
            : at.Zip(at.Skip(1)).Any(pair => pair.Second <= pair.First)
                ? $"{Found(times)}, which do not grow; expected each to be later than the one before"
            : null;
        if (defect is not null)
            throw new DataException($"{forcing.Key}: {_source.Path} has {defect}.");
        _times = (times, at);
        return _times.Value;
    }

    private double[] Plane(int index)
    {
        if (_kept.FirstOrDefault(kept => kept.Index == index).Plane is { } known)
            return known;
        var plane = OnGrid(Load(index));
        _kept.Add((index, plane));
        if (_kept.Count > KeptPlanes)
            _kept.RemoveAt(0);
        return plane;
    }

    private InitialCondition Load(int index)
    {
        try
        {
            return forcing.Times == ForcingTimes.Constant ? InitialSources.Read(_source)
                : InitialSources.Read(_source, Times().Times[index]);
        }
        catch (DataException e)
        {
            throw new DataException($"{forcing.Key}: {e.Message}", e);
        }
    }

    private double[] OnGrid(InitialCondition read)
    {
        if (read.Grid.Equals(grid))
            return read.Fields;
        if (forcing.Source!.Regrid is not { } regrid)
            throw new DataException($"{forcing.Key}: {_source.Path} has a grid of {read.Grid}, whose latitudes or longitudes are not those "
                + $"of the initial condition, {grid}; expected the same. Bring it onto that grid (cdo remapbil), or set initial.regrid, "
                + "which holds for it too.");
        _transfer ??= GridTransfer.Between(read.Grid, grid, regrid.Method);
        return _transfer.Apply(read.Fields);
    }

    private string Lacks(List<CfTime> missing, int wanted)
    {
        var more = missing.Count > 1 ? $" and {missing.Count - 1} more, the last {missing[^1]}," : "";
        var of = wanted > 1 ? $" of {wanted} times" : "";
        return $"{forcing.Key}: {_source.Path} gives no {_source.Variables[0].FileVariable} at {missing[0]}{more}{of} that steps want "
            + $"(times = {SpecText.Word(forcing.Times)}); it has {Found(Times().Times)}. Give it those times, or choose another times: "
            + $"{string.Join(", ", Enum.GetValues<ForcingTimes>().Select(time => SpecText.Word(time)))}.";
    }

    private static string Found(IReadOnlyList<CfTime> times) => times.Count switch
    {
        0 => "no times",
        <= 4 => $"the {(times.Count == 1 ? "time" : "times")} {string.Join(", ", times)}",
        _ => $"{times.Count} times from {times[0]}, {times[1]}, … to {times[^1]}",
    };
}
