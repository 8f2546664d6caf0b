using System.Security.Cryptography;

namespace Cairn.Engine.Sources;

/// <summary>The initial condition of a run and, where its perturbation asks for them, those of other times; all read before the run begins,
/// so that a time which is not there stops it at once. Of several initial times those after the first are read then, too, and once more
/// when members begin there: a hindcast of many times does not hold the fields of all.</summary>
public sealed class Analyses
{
    private readonly RunSpec _spec;
    private readonly IReadOnlyDictionary<TimeSpan, InitialCondition> _byLag;
    private readonly List<SpecEntry> _laterDigests = [];

    private Analyses(RunSpec spec, IReadOnlyDictionary<TimeSpan, InitialCondition> byLag)
    {
        (_spec, _byLag) = (spec, byLag);
        Times = [At(TimeSpan.Zero).Time];
    }

    /// <summary>The initial times.</summary>
    public IReadOnlyList<CfTime> Times { get; private set; }

    /// <summary>Reads what a run needs.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="initial">Its initial condition, or the first of several.</param>
    /// <exception cref="DataException">The source lacks a time, or has other grids there.</exception>
    public static Analyses Read(RunSpec spec, InitialCondition initial)
    {
        var analyses = ReadOne(spec, 0, initial);
        for (var time = 1; time < spec.Initial.TimeCount; time++)
            analyses.Add(time, ReadOne(spec, time, InitialSources.Read(spec.At(time))));
        return analyses;
    }

    /// <summary>What members begin from at one of the initial times, from 0.</summary>
    /// <exception cref="DataException">It cannot be read any more.</exception>
    public Analyses Of(int time) => time == 0 ? this : ReadOne(_spec, time, InitialSources.Read(_spec.At(time)));

    /// <summary>The fields that lie so much after those of the first initial time, or before if it is negative.</summary>
    public InitialCondition At(TimeSpan lag) => _byLag.TryGetValue(lag, out var found)
        ? found
        : throw new InvalidOperationException($"The fields {lag} from the initial time were not read, since the spec does not name them.");

    /// <summary>Digests of everything that was read, time by time: for a source that no digest of a file can stand for.</summary>
    public IEnumerable<SpecEntry> Digests() => [.. DigestsAs("initial.values"), .. _laterDigests];

    private static Analyses ReadOne(RunSpec spec, int time, InitialCondition initial)
    {
        var byLag = new Dictionary<TimeSpan, InitialCondition> { [TimeSpan.Zero] = initial };
        foreach (var lag in OtherTimes(spec).Where(lag => !byLag.ContainsKey(lag)))
            byLag[lag] = InitialSources.Read(spec.Initial.At(time), initial.Time.Add(lag));
        return new Analyses(spec, byLag);
    }

    private static IEnumerable<TimeSpan> OtherTimes(RunSpec spec) =>
        PerturbationKinds.Of(spec.Ensemble.Perturbation).OtherTimes(spec.Ensemble.Perturbation, spec.Model.Step);

    /// <summary>Takes another initial time in: its times and digests, and not its fields.</summary>
    private void Add(int time, Analyses later)
    {
        var key = InitialTimes.KeyOf("initial.time", time);
        var (first, found) = (At(TimeSpan.Zero), later.At(TimeSpan.Zero));
        if (found.Time.Calendar != Times[^1].Calendar || found.Time <= Times[^1])
            throw new SpecException($"{key} = {_spec.Initial.At(time).Time} is {found.Time} in the source, and the one before it "
                + $"{Times[^1]}; expected each initial time to be later than the one before.");
        if (!found.Grid.Equals(first.Grid))
            throw new DataException($"The source has a grid of {found.Grid} at {found.Time}, and of {first.Grid} at {first.Time}; expected "
                + "the same grid at each initial time. Use a separate run for times with another grid.");
        Times = [.. Times, found.Time];
        if (SourceKinds.Of(_spec.Initial).IsFolder)
            _laterDigests.AddRange(later.DigestsAs($"{key}.values"));
    }

    private IEnumerable<SpecEntry> DigestsAs(string key) => _byLag.OrderBy(f => f.Key).Select(f => new SpecEntry(
        f.Key == TimeSpan.Zero ? key : $"{key}[{SpecText.Duration(f.Key)}]",
        $"{f.Value.Time} sha256:{Digest(f.Value)}"));

    private static string Digest(InitialCondition initial)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var names = string.Join('\n', initial.Variables.Append(initial.Grid.Unit.ToString()).Append(initial.Grid.ToString()));
        digest.AppendData(Encoding.UTF8.GetBytes(names));
        digest.AppendData(MemoryMarshal.AsBytes<double>(initial.Grid.Latitudes.ToArray()));
        digest.AppendData(MemoryMarshal.AsBytes<double>(initial.Grid.Longitudes.ToArray()));
        digest.AppendData(MemoryMarshal.AsBytes<double>(initial.Fields));
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
