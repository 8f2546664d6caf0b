namespace Cairn.Engine.Torch;

/// <summary>
/// A stream of random numbers (libtorch's CPU generator, a Mersenne Twister), so that what is drawn is the same on every device. Its state
/// is bound state: a restored generator goes on where the saved one was.
/// </summary>
/// <remarks>Bits of <see cref="Normal"/> may differ between instruction sets, since libtorch vectorizes it.</remarks>
public sealed unsafe class Generator : IDisposable
{
    private readonly GeneratorHandle _handle;

    private Generator(GeneratorHandle handle) => _handle = handle;

    /// <summary>
    /// The generator of one member: seeded by <see cref="MemberSeed"/>, so that its draws depend on the run's seed and the member's
    /// number alone. <paramref name="attempt"/> counts the times that the member was perturbed anew after a failure.
    /// </summary>
    public static Generator FromSeed(ulong runSeed, int member, int attempt = 0)
    {
        TorchLibrary.Require();
        TorchLibrary.Check(NativeTorch.GeneratorCreate(MemberSeed(runSeed, member, attempt), out var handle));
        return new Generator(handle);
    }

    /// <summary>
    /// The state of the generator as bytes: 5056 on the CPU, the same that PyTorch's <c>Generator.get_state()</c> tells. Set it to go on
    /// from there.
    /// </summary>
    /// <exception cref="TorchException">The bytes are no state of a generator.</exception>
    public byte[] State
    {
        get
        {
            TorchLibrary.Check(NativeTorch.GeneratorGetState(_handle, null, 0, out var needed));
            var state = new byte[needed];
            fixed (byte* bytes = state)
            {
                TorchLibrary.Check(NativeTorch.GeneratorGetState(_handle, bytes, needed, out _));
            }
            return state;
        }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            fixed (byte* bytes = value)
            {
                TorchLibrary.Check(NativeTorch.GeneratorSetState(_handle, bytes, value.Length));
            }
        }
    }

    /// <summary>Draws independent standard normal numbers into a new tensor on the CPU.</summary>
    public Tensor Normal(ReadOnlySpan<long> shape, TorchDType dtype = TorchDType.Float32)
    {
        fixed (long* extents = shape)
        {
            TorchLibrary.Check(NativeTorch.GeneratorNormal(_handle, extents, shape.Length, dtype, out var result));
            return new Tensor(result);
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// Mixes run seed, member and attempt into 64 bits: <c>m(m(m(seed) + member) + attempt)</c> with m the output function of splitmix64
    /// (Steele, Lea, Flood 2014). The rounds keep neighbouring seeds and members from sharing streams: (1, 2) and (2, 1) are far apart.
    /// </summary>
    public static ulong MemberSeed(ulong runSeed, int member, int attempt = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(member);
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        return Mix(unchecked(Mix(unchecked(Mix(runSeed) + (ulong)member)) + (ulong)attempt));
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
