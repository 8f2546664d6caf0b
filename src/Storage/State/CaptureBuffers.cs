namespace Cairn.Storage.State;

/// <summary>
/// Memory for the copies that a commit is written from, kept from one commit to the next: fresh memory costs a page fault for every 4 KiB,
/// several times the copying itself, and the step loop waits for it.
/// </summary>
/// <remarks>For one session's thread; what was lent must no longer be read when <see cref="Reclaim"/> is called.</remarks>
internal sealed class CaptureBuffers
{
    private readonly List<byte[]> _lent = [];
    private Dictionary<int, Stack<byte[]>> _free = [];

    /// <summary>A buffer of exactly that length with undefined contents; the caller fills it completely.</summary>
    public byte[] Rent(int length)
    {
        var buffer = _free.TryGetValue(length, out var stack) && stack.TryPop(out var known)
            ? known
            : GC.AllocateUninitializedArray<byte>(length);
        _lent.Add(buffer);
        return buffer;
    }

    /// <summary>
    /// Takes back the buffers of the last capture, once its commit has ended, and releases those that it did not use, so that no more
    /// memory is held than one capture needs.
    /// </summary>
    public void Reclaim()
    {
        _free = _lent.GroupBy(b => b.Length).ToDictionary(g => g.Key, g => new Stack<byte[]>(g));
        _lent.Clear();
    }
}
