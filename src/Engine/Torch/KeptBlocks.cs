using System.Runtime.CompilerServices;

namespace Cairn.Engine.Torch;

/// <summary>Memory of large tensors that C# writes, kept for the next one of its size. The C library gives blocks over 32 MiB back to the
/// kernel whenever they are freed, and faulting the next one in cost a step of a million triangles a third of its time.</summary>
internal sealed unsafe class KeptBlocks
{
    internal const long Least = 32L << 20;

    private const long MostKept = 1L << 30;
    private const nuint Alignment = 64;

    // One for the process: libtorch returns a block without saying to whom.
    private static readonly KeptBlocks All = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stack<nint>> _free = [];
    private readonly Dictionary<nint, long> _inUse = [];
    private long _freeBytes;

    /// <summary>An unwritten tensor on the CPU in a block of so many bytes, at least <see cref="Least"/>.</summary>
    internal static Tensor Unwritten(ScalarType dtype, ReadOnlySpan<long> shape, long bytes) =>
        NativeTorch.Over(All.Take(bytes), dtype, shape, &Released);

    private nint Take(long bytes)
    {
        lock (_gate)
        {
            if (_free.TryGetValue(bytes, out var blocks) && blocks.TryPop(out var kept))
            {
                _freeBytes -= bytes;
                _inUse.Add(kept, bytes);
                return kept;
            }
        }
        var block = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        lock (_gate)
        {
            _inUse.Add(block, bytes);
        }
        return block;
    }

    // Called by the thread that releases the tensor.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Released(nint block) => All.GiveBack(block);

    private void GiveBack(nint block)
    {
        lock (_gate)
        {
            _ = _inUse.Remove(block, out var bytes);
            if (_freeBytes + bytes <= MostKept)
            {
                _freeBytes += bytes;
                if (!_free.TryGetValue(bytes, out var blocks))
                    _free.Add(bytes, blocks = new Stack<nint>());
                blocks.Push(block);
                return;
            }
        }
        NativeMemory.AlignedFree((void*)block);
    }
}
