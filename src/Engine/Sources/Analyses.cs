using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Cairn.Engine.Perturbations;
using Cairn.Engine.Runs;

namespace Cairn.Engine.Sources;

/// <summary>
/// The initial condition of a run and, where its perturbation asks for them, those of other times; all read before the run begins, so that
/// a time which is not there stops it at once.
/// </summary>
public sealed class Analyses
{
    private readonly IReadOnlyDictionary<TimeSpan, InitialCondition> _byLag;

    private Analyses(IReadOnlyDictionary<TimeSpan, InitialCondition> byLag) => _byLag = byLag;

    /// <summary>Reads what a run needs.</summary>
    /// <exception cref="DataException">The source lacks a time, or has other grids there.</exception>
    public static Analyses Read(RunSpec spec, InitialCondition initial)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(initial);
        var byLag = new Dictionary<TimeSpan, InitialCondition> { [TimeSpan.Zero] = initial };
        foreach (var lag in OtherTimes(spec).Where(lag => !byLag.ContainsKey(lag)))
        {
            byLag[lag] = InitialSources.Read(spec.Initial, initial.Time.Add(lag));
        }

        return new Analyses(byLag);
    }

    private static IEnumerable<TimeSpan> OtherTimes(RunSpec spec) =>
        PerturbationKinds.Of(spec.Ensemble.Perturbation).OtherTimes(spec.Ensemble.Perturbation, spec.Model.Step);

    /// <summary>The fields that lie so much after those of the run, or before if it is negative.</summary>
    public InitialCondition At(TimeSpan lag) => _byLag.TryGetValue(lag, out var found)
        ? found
        : throw new InvalidOperationException($"The fields {lag} from the initial time were not read, since the spec does not name them.");

    /// <summary>
    /// Digests of everything that was read, time by time: for a source that no digest of a file can stand for.
    /// </summary>
    public IEnumerable<SpecEntry> Digests() => _byLag.OrderBy(f => f.Key).Select(f => new SpecEntry(
        f.Key == TimeSpan.Zero ? "initial.values" : $"initial.values[{SpecText.Duration(f.Key)}]",
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
