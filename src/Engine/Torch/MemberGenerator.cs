namespace Cairn.Engine.Torch;

/// <summary>Streams of random numbers (libtorch's CPU generator, a Mersenne Twister) of an ensemble's members, so that what is drawn is the
/// same on every device. A generator's state can be bound: a restored one goes on where the saved one was.</summary>
/// <remarks>Bits of normal numbers may differ between instruction sets, since libtorch vectorizes them.</remarks>
public static class MemberGenerator
{
    /// <summary>
    /// The generator of one member: seeded by <see cref="MemberSeed"/>, so that its draws depend on the run's seed and the member's
    /// number alone. <paramref name="attempt"/> counts how often the member was perturbed again after a failure.
    /// </summary>
    public static Generator FromSeed(ulong runSeed, int member, int attempt = 0)
    {
        TorchRuntime.Require();
        return new Generator(MemberSeed(runSeed, member, attempt), CPU);
    }

    /// <summary>The state as bytes: 5056 on the CPU, the same that PyTorch's <c>Generator.get_state()</c> gives.</summary>
    public static byte[] GetState(this Generator generator)
    {
        using var state = generator.get_state();
        return state.ToArray<byte>();
    }

    /// <summary>Makes the generator go on from a state.</summary>
    /// <exception cref="DataException">The bytes are no state of a generator.</exception>
    public static void SetState(this Generator generator, byte[] state)
    {
        using var current = generator.get_state();
        if (state.Length != current.numel())
            throw new DataException($"A generator's state of {state.Length} bytes was given; expected {current.numel()}.");
        using var bytes = Tensors.From(state, state.Length);
        generator.set_state(bytes);
    }

    /// <summary>Mixes run seed, member and attempt into 64 bits: <c>m(m(m(seed) + member) + attempt)</c> with m the output function of
    /// splitmix64 (Steele, Lea, Flood 2014). The rounds keep neighbouring seeds and members from sharing streams: (1, 2) and (2, 1) are far
    /// apart.</summary>
    public static ulong MemberSeed(ulong runSeed, int member, int attempt = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(member);
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        return Mix(unchecked(Mix(unchecked(Mix(runSeed) + (ulong)member)) + (ulong)attempt));
    }

    /// <summary>The seed of one step of a member: one round more than <see cref="MemberSeed"/>, and another stream than its first
    /// draws.</summary>
    public static ulong StepSeed(ulong runSeed, int member, int attempt, long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return Mix(unchecked(MemberSeed(runSeed, member, attempt) + (ulong)step + 1));
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
