using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Ranks;

/// <summary>A run on its way to the processes of its ranks.</summary>
/// <param name="Spec">The resolved spec, as <c>run.json</c> has it.</param>
/// <param name="SpecDigest">What the numbers' digest must come to in that process too.</param>
/// <param name="Fingerprint">What the numerics must be in that process too.</param>
internal sealed record RunSetup(string Spec, string SpecDigest, IReadOnlyDictionary<string, string> Fingerprint)
{
    /// <summary>The run, for a message.</summary>
    public static RunSetup Of(RunContext run) => new(RunSpecJson.Write(run.Spec).ToJsonString(), run.SpecDigest, run.Fingerprint);

    /// <summary>Reads the initial condition and loads the model, here, for a run that another process holds.</summary>
    /// <param name="observer">Is told of what is odd.</param>
    /// <exception cref="CairnException">It cannot be had here, or not as the other process has it.</exception>
    public RunContext Load(IRunObserver observer)
    {
        var spec = RunSpecJson.Read(Spec, "the spec that the node sent");
        var run = PreparedRun.Create(spec, new RunOptions(), observer).Attach();
        if (run.SpecDigest != SpecDigest)
        {
            throw new DataException(
                $"{Environment.MachineName} reads other model or input files than the node that started the run: the digest of what "
                + $"shapes its numbers is {run.SpecDigest}, there {SpecDigest}. Were they changed meanwhile? Start it again.");
        }

        var differences = Fingerprint.Where(there => run.Fingerprint.GetValueOrDefault(there.Key) != there.Value)
            .Select(there => $"{there.Key}: {run.Fingerprint.GetValueOrDefault(there.Key)} here, {there.Value} there").ToList();
        if (differences.Count > 0 && spec.Checkpoint.OnFingerprintChange == FingerprintPolicy.Refuse)
        {
            throw new SpecException(
                $"The numerics of {Environment.MachineName} differ from those of the node that started the run, so its bytes may too: "
                + $"{string.Join("; ", differences)}. Use hosts of one kind, or checkpoint.on-fingerprint-change = warn.");
        }

        differences.ForEach(difference => observer.On(new RunWarning($"numerics differ on {Environment.MachineName}: {difference}")));
        return run;
    }
}
