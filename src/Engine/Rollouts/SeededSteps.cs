namespace Cairn.Engine.Rollouts;

/// <summary>Steps the members of a stochastic model one after the other, each with libtorch's generator seeded from (run seed, member,
/// step): what a step draws depends on nothing that came before it, so that restarts, batches and nodes have no effect, and nothing has to
/// be stored.</summary>
/// <param name="runSeed">The run's seed.</param>
/// <param name="members">The members along the batch's first axis.</param>
/// <param name="drawOf">How many times a member started over after a failure.</param>
internal sealed class SeededSteps(ulong runSeed, IReadOnlyList<int> members, Func<int, int> drawOf)
{
    // TorchScript draws from the one generator that a process has; batches that step side by side take turns.
    private static readonly Lock Generator = new();

    /// <summary>Applies one step of a model to each member.</summary>
    internal Tensor Apply(Tensor batch, long step, Func<Tensor, Tensor> advance)
    {
        using var scope = NewDisposeScope();
        var parts = new Tensor[members.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var alone = batch.narrow(0, i, 1);
            parts[i] = Draw(MemberGenerator.StepSeed(runSeed, members[i], drawOf(members[i]), step), () => advance(alone));
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    /// <summary>Makes a call whose draws begin at a seed.</summary>
    internal static Tensor Draw(ulong seed, Func<Tensor> call)
    {
        lock (Generator)
        {
            using var seeded = manual_seed(unchecked((long)seed));
            return call();
        }
    }
}
