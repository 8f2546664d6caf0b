namespace Cairn.Engine.Torch;

/// <summary>
/// The native pointers of several tensors, held alive while a call uses them. It lives on the stack, so a step allocates nothing for its
/// arguments.
/// </summary>
internal ref struct TensorList
{
    /// <summary>More arguments than any method of a model takes; the caller provides that many slots.</summary>
    internal const int MaxOnStack = 16;

    private readonly ReadOnlySpan<Tensor> _tensors;
    private int _held;

    internal TensorList(ReadOnlySpan<Tensor> tensors, Span<nint> pointers)
    {
        _tensors = tensors;
        try
        {
            foreach (var tensor in tensors)
            {
                var added = false;
                tensor.Handle.DangerousAddRef(ref added);
                pointers[_held++] = tensor.Handle.DangerousGetHandle();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal readonly int Count => _tensors.Length;

    public void Dispose()
    {
        while (_held > 0)
        {
            _tensors[--_held].Handle.DangerousRelease();
        }
    }
}
