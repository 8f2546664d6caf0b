using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Engine.Torch;

/// <summary>Memory of tensors that another process maps too: it reads a state and writes the next one in place. A block is kept for the
/// next tensor of its size, since faulting a new one in costs more than many a step.</summary>
internal sealed unsafe class SharedBlocks
{
    private const long LeastKept = 1L << 30;

    // One for the process: libtorch returns a block without saying to whom.
    private static readonly SharedBlocks All = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stack<SharedBlock>> _free = [];
    private readonly Dictionary<nint, SharedBlock> _inUse = [];
    private readonly HashSet<int> _over = [];
    private long _freeBytes;
    private long _usedBytes;
    private int _made;

    /// <summary>A tensor on the CPU in a block of its own, whose elements are what the block held before.</summary>
    internal static Tensor Unwritten(ScalarType dtype, ReadOnlySpan<long> shape)
    {
        TorchRuntime.Require();
        var bytes = (long)dtype.ItemSize();
        foreach (var extent in shape)
            bytes = checked(bytes * extent);
        return NativeTorch.Over(All.Take(Math.Max(bytes, 1)).Address, dtype, shape, &Released);
    }

    /// <summary>Where a tensor's elements lie, in C order; null where that is in no block.</summary>
    internal static SharedPlace? PlaceOf(Tensor tensor) => Tensors.IsOnHostInOrder(tensor)
        ? All.PlaceOf(Tensors.Address(tensor), Tensors.ByteCount(tensor))
        : null;

    /// <summary>Those of some blocks, by their numbers, that are no more.</summary>
    internal static IReadOnlyList<int> Over(IEnumerable<int> known)
    {
        lock (All._gate)
        {
            return All._over.Count == 0 ? [] : [.. known.Where(All._over.Contains)];
        }
    }

    private SharedBlock Take(long bytes)
    {
        lock (_gate)
        {
            if (_free.TryGetValue(bytes, out var blocks) && blocks.TryPop(out var kept))
            {
                _freeBytes -= bytes;
                _usedBytes += bytes;
                _inUse.Add(kept.Address, kept);
                return kept;
            }
        }
        var block = new SharedBlock(Interlocked.Increment(ref _made), bytes);
        lock (_gate)
        {
            _usedBytes += bytes;
            _inUse.Add(block.Address, block);
        }
        return block;
    }

    private SharedPlace? PlaceOf(nint address, long bytes)
    {
        lock (_gate)
        {
            var block = _inUse.Values.FirstOrDefault(b => address >= b.Address && address + bytes <= b.Address + b.Bytes);
            return block is null ? null : new SharedPlace(block, address - block.Address);
        }
    }

    // Called by the thread that releases the tensor.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Released(nint address) => All.GiveBack(address);

    private void GiveBack(nint address)
    {
        List<SharedBlock> over = [];
        lock (_gate)
        {
            if (!_inUse.Remove(address, out var block))
                return;
            _usedBytes -= block.Bytes;
            _freeBytes += block.Bytes;
            if (!_free.TryGetValue(block.Bytes, out var blocks))
                _free.Add(block.Bytes, blocks = new Stack<SharedBlock>());
            blocks.Push(block);
            // As much as is in use, and some more: a state and the next one take turns, however large they are.
            while (_freeBytes > LeastKept + _usedBytes)
            {
                over.Add(_free[_free.Where(f => f.Value.Count > 0).Max(f => f.Key)].Pop());
                _freeBytes -= over[^1].Bytes;
                _ = _over.Add(over[^1].Number);
            }
        }
        over.ForEach(block => block.Dispose());
    }
}

/// <summary>Where elements begin.</summary>
/// <param name="Offset">Bytes before them in it.</param>
internal readonly record struct SharedPlace(SharedBlock Block, long Offset);

/// <summary>Memory without a name in any file system, which goes with the last process that maps it.</summary>
internal sealed unsafe partial class SharedBlock : IDisposable
{
    private const uint CloseOnExecute = 1;
    private readonly SafeFileHandle _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;

    internal SharedBlock(int number, long bytes)
    {
        (Number, Bytes) = (number, bytes);
        var descriptor = CreateMemory("cairn", CloseOnExecute);
        if (descriptor < 0)
            throw new TransientException($"No shared memory could be allocated: {Marshal.GetLastPInvokeErrorMessage()}. Is the limit of "
                + "open files too low (ulimit -n)?");
        _file = new SafeFileHandle(descriptor, ownsHandle: true);
        Path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{descriptor}");
        try
        {
            RandomAccess.SetLength(_file, bytes);
            _map = MemoryMappedFile.CreateFromFile(_file, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, true);
            _view = _map.CreateViewAccessor(0, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            _map?.Dispose();
            _file.Dispose();
            throw new TransientException($"{bytes} bytes of shared memory could not be allocated: {e.Message}", e);
        }
        byte* first = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        Address = (nint)first;
    }

    internal int Number { get; }
    internal long Bytes { get; }

    /// <summary>What another process of the same user opens to map it.</summary>
    internal string Path { get; }

    internal nint Address { get; }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
        _file.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemory(string name, uint flags);
}
