using Cairn.Engine.Sources.Regridding;
using Cairn.Storage.Derived;

namespace Cairn.Engine.Verification;

/// <summary>What a forecast is held against.</summary>
/// <param name="Truth">A NetCDF file, or the field store of a run.</param>
/// <param name="Variables">The run's name of each variable, and the truth's.</param>
public sealed record VerificationRequest(string Truth, IReadOnlyList<InitialVariable> Variables)
{
    /// <summary>A NetCDF file with the truth's names: what anomalies are from. Of several times, as of the months of a year, the one that
    /// is nearest in the year. Null for none.</summary>
    public string? Climatology { get; init; }

    /// <summary>Which member of a store is the truth.</summary>
    public int Member { get; init; }

    /// <summary>How the truth is brought to the run's grid where it has another.</summary>
    public RegridMethod Method { get; init; } = RegridMethod.Bilinear;
}

/// <summary>The scores of a run.</summary>
/// <param name="Layout">The lead times that were scored, of all that every member has committed.</param>
/// <param name="Scores">By variable, one a lead time.</param>
/// <param name="WithoutTruth">Lead times that the truth has no fields for.</param>
/// <param name="TruthGrid">The truth's grid, where it was brought to the run's; null where it has the same.</param>
public sealed record VerifiedForecast(
    FieldLayout Layout, IReadOnlyDictionary<string, IReadOnlyList<FieldScores>> Scores, IReadOnlyList<TimeSpan> WithoutTruth,
    LatLonGrid? TruthGrid)
{
    /// <summary>For each lead time, how many initial times the scores are the mean of; null for a run of one initial time. The layout has
    /// the initial times that there is truth for.</summary>
    public IReadOnlyList<int>? Cases { get; init; }

    /// <summary>Initial times that have committed something, and that there is no truth for.</summary>
    public IReadOnlyList<CfTime> TimesWithoutTruth { get; init; } = [];
}

/// <summary>Holds what a run has committed against analyses or another run, lead time by lead time, weighted by area; over several initial
/// times the mean at each lead time, each time held against the truth of its own valid times.</summary>
public sealed class ForecastVerification
{
    private readonly VerificationRequest _request;
    private readonly CommittedPart _part;
    private readonly LatLonGrid _grid;
    private readonly double[] _weights;
    private LatLonGrid? _truthGrid;

    private ForecastVerification(CommittedPart part, VerificationRequest request)
    {
        (_part, _request) = (part, request);
        var layout = part.Layout;
        if (layout.Mesh is not null)
            throw new SpecException(
                "The run's fields are on a mesh; only forecasts on grids of latitude and longitude, or on planes, can be verified.");
        _grid = new LatLonGrid(layout.Latitude, layout.Longitude) { Unit = layout.OnPlane ? GridUnit.Metres : GridUnit.Degrees };
        _weights = Weights(_grid);
    }

    /// <summary>Scores a run, while it runs or after.</summary>
    /// <exception cref="SpecException">The run has no such variable, or no fields that can be verified; the truth lacks a variable, has
    /// none of the run's times, or cannot be read.</exception>
    /// <exception cref="DataException">The run's own fields are damaged.</exception>
    public static VerifiedForecast Of(IFieldStore store, VerificationRequest request)
    {
        if (store.Layout.LaterTimes.Count == 0)
        {
            var one = new ForecastVerification(new CommittedPart(store), request);
            return one.Verify() ?? throw one.Without(one._part.Layout.LeadTimes[^1], one._part.Layout.Time);
        }
        var begun = Enumerable.Range(0, store.Layout.Numbers.Times).Select(store.At)
            .Where(time => Enumerable.Range(0, time.Layout.Members).All(member => time.Committed(member) is not null)).ToList();
        var parts = (begun.Count > 0 ? begun : [store.At(0)])
            .Select(time => new ForecastVerification(new CommittedPart(time), request)).ToList();
        var verified = parts.Select(part => (part._part.Layout, Scores: part.Verify())).ToList();
        return verified.Exists(v => v.Scores is not null)
            ? Mean(store.Layout, [.. verified.Select(v => v.Scores).OfType<VerifiedForecast>()]) with
            {
                TimesWithoutTruth = [.. verified.Where(v => v.Scores is null).Select(v => v.Layout.Time)],
            }
            : throw parts[0].Without(store.Layout.LeadTimes[^1], parts[^1]._part.Layout.Time);
    }

    /// <summary>The mean over initial times, each of which has some scores.</summary>
    private static VerifiedForecast Mean(FieldLayout layout, List<VerifiedForecast> times)
    {
        List<TimeSpan> leadTimes = [.. times.SelectMany(time => time.Layout.LeadTimes).Distinct().Order()];
        List<FieldScores> At(string variable, TimeSpan leadTime) =>
        [
            .. times.SelectMany(time => time.Layout.LeadTimes.Zip(time.Scores[variable])).Where(of => of.First == leadTime)
                .Select(of => of.Second),
        ];
        var variables = times[0].Scores.Keys.ToList();
        return new(
            layout with
            {
                Time = times[0].Layout.Time, LaterTimes = [.. times.Skip(1).Select(time => time.Layout.Time)], LeadTimes = leadTimes,
            },
            variables.ToDictionary(
                variable => variable,
                variable => (IReadOnlyList<FieldScores>)[.. leadTimes.Select(leadTime => FieldScores.Mean(At(variable, leadTime)))]),
            [.. times.SelectMany(time => time.WithoutTruth).Distinct().Except(leadTimes).Order()],
            times.Select(time => time.TruthGrid).FirstOrDefault(grid => grid is not null))
        {
            Cases = [.. leadTimes.Select(leadTime => At(variables[0], leadTime).Count)],
        };
    }

    /// <summary>Why there is nothing to score.</summary>
    private SpecException Without(TimeSpan lastLeadTime, CfTime lastTime)
    {
        var (first, times) = (_part.Layout.Time, Asked(() => InitialSources.Times(Source(_request.Truth))));
        return new SpecException($"{_request.Truth} has none of the times that the run is valid at, from {first} to "
            + $"{lastTime.Add(lastLeadTime)}; it has {times.Count} from {times.Min()} to {times.Max()}. Expected analyses of the "
            + "forecast's own time, in its calendar.");
    }

    /// <summary>The scores; null where the truth has none of the times.</summary>
    private VerifiedForecast? Verify()
    {
        var (layout, truth) = (_part.Layout, Source(_request.Truth));
        foreach (var variable in _request.Variables.Where(v => !layout.Variables.Any(known => known.Name == v.Name)))
            throw new SpecException($"The run writes no variable {variable.Name}; it writes "
                + $"{string.Join(", ", layout.Variables.Select(v => v.Name))}.");
        var times = Asked(() => InitialSources.Times(truth));
        // By what they are called: a calendar may have several names.
        var named = times.Select(t => $"{t}").ToHashSet();
        var known = layout.LeadTimes.ToLookup(t => named.Contains($"{layout.Time.Add(t)}"));
        if (!known[true].Any())
            return null;
        var climatology = _request.Climatology is { } path ? Asked(() => new Climatology(Source(path), OnGrid)) : null;
        var scores = _request.Variables.ToDictionary(v => v.Name, _ => new List<FieldScores>());
        foreach (var (first, count) in _part.Chunks())
        {
            List<Moment> moments = [.. Enumerable.Range(0, count)
                .Select(within => (Within: within, LeadTime: layout.LeadTimes[first + within]))
                .Where(at => known[true].Contains(at.LeadTime))
                .Select(at => (at.Within, Valid: layout.Time.Add(at.LeadTime)))
                .Select(at => new Moment(
                    at.Within, OnGrid(Asked(() => InitialSources.Read(truth, at.Valid))),
                    climatology is null ? null : Asked(() => climatology.At(at.Valid))))];
            Score(first, moments, scores);
        }
        return new(
            layout with { LeadTimes = [.. known[true]] },
            scores.ToDictionary(s => s.Key, s => (IReadOnlyList<FieldScores>)s.Value),
            [.. known[false]],
            _truthGrid);
    }

    /// <summary>Scores the lead times of a chunk that there is truth for; each member's chunk is read once.</summary>
    private void Score(int first, List<Moment> moments, Dictionary<string, List<FieldScores>> scores)
    {
        var length = _part.Layout.PlaneLength;
        foreach (var (channel, variable) in moments.Count == 0 ? [] : _request.Variables.Index())
        {
            var chunks = Enumerable.Range(0, _part.Layout.Members).Select(m => _part.Read(m, first, variable.Name)).ToList();
            var at = (channel * length)..((channel + 1) * length);
            foreach (var (within, truth, climatology) in moments)
            {
                List<ReadOnlyMemory<double>> members = [.. chunks.Select(c => c.AsMemory(within * length, length))];
                var anomaliesFrom = climatology is null ? [] : climatology.AsSpan(at);
                scores[variable.Name].Add(FieldScores.Of(members, truth.AsSpan(at), anomaliesFrom, _weights));
            }
        }
    }

    /// <summary>A truth that does not serve is a mistake in what was asked for, and not damage to the run.</summary>
    private static T Asked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DataException e)
        {
            throw new SpecException(e.Message, e);
        }
    }

    /// <summary>A lead time of a chunk, and what its fields are held against.</summary>
    private sealed record Moment(int Within, double[] Truth, double[]? Climatology);

    private InitialSpec Source(string path) => new(
        FieldStoreKinds.IsStore(path) ? StoredRunSource.Name : NetCdfSource.Name, Path.GetFullPath(path), null, _request.Variables)
    {
        Member = _request.Member,
    };

    private double[] OnGrid(InitialCondition fields)
    {
        if (fields.Grid.Equals(_grid))
            return fields.Fields;
        if (fields.Grid.Unit != GridUnit.Degrees || _grid.Unit != GridUnit.Degrees)
            throw new SpecException($"The truth has {fields.Grid} points and the run {_grid}; fields can be regridded only if both are "
                + "in degrees of latitude and longitude. Use a truth with the run's points.");
        _truthGrid = fields.Grid;
        return GridTransfer.Between(fields.Grid, _grid, _request.Method).Apply(fields.Fields);
    }

    /// <summary>By the cosine of the latitude; on a plane all points count the same.</summary>
    private static double[] Weights(LatLonGrid grid)
    {
        var rows = grid.Unit == GridUnit.Metres ? [.. grid.Latitudes.Select(_ => 1.0)] : AreaMean.RowWeights(grid);
        var sum = rows.Sum() * grid.Longitudes.Count;
        return [.. rows.SelectMany(row => Enumerable.Repeat(row / sum, grid.Longitudes.Count))];
    }
}
