using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Remote;

/// <summary>A run on its way to the processes of its ranks, and there.</summary>
internal static class RunSetup
{
    /// <summary>The run, for a message.</summary>
    public static WireMessage.Setup Of(RunParts run, bool overMpi) =>
        new(RunSpecJson.Write(run.Spec).ToJsonString(), run.SpecDigest, run.Fingerprint, overMpi);

    /// <summary>Reads the initial condition and loads the model, here, for a run that another process holds.</summary>
    /// <param name="setup">The run.</param>
    /// <param name="observer">Is told of what is odd.</param>
    /// <exception cref="CairnException">It cannot be had here, or not as the other process has it.</exception>
    public static RunParts Load(WireMessage.Setup setup, IRunObserver observer)
    {
        var spec = RunSpecJson.Read(setup.Spec, "the spec that the node sent");
        var run = RunHost.Create(spec, new RunOptions(), observer).Attach();
        if (run.SpecDigest != setup.SpecDigest)
        {
            throw new DataException(
                $"{Environment.MachineName} reads other model or input files than the node that began the run: the digest of what shapes "
                + $"its numbers is {run.SpecDigest}, there {setup.SpecDigest}. Were they changed meanwhile? Start it again.");
        }

        var differences = setup.Fingerprint.Where(there => run.Fingerprint.GetValueOrDefault(there.Key) != there.Value)
            .Select(there => $"{there.Key}: {run.Fingerprint.GetValueOrDefault(there.Key)} here, {there.Value} there").ToList();
        if (differences.Count > 0 && spec.Checkpoint.OnFingerprintChange == FingerprintPolicy.Refuse)
        {
            throw new SpecException(
                $"The numerics of {Environment.MachineName} differ from those of the node that began the run, so its bytes may too: "
                + $"{string.Join("; ", differences)}. Use hosts of one kind, or checkpoint.on-fingerprint-change = warn.");
        }

        differences.ForEach(difference => observer.On(new RunWarning($"numerics differ on {Environment.MachineName}: {difference}")));
        return run;
    }
}
