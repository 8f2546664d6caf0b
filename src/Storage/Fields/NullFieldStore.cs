namespace Cairn.Storage.Fields;

/// <summary>The store of a run without output: it keeps nothing.</summary>
public sealed class NullFieldStore(FieldLayout layout) : IFieldStore
{
    /// <inheritdoc/>
    public FieldLayout Layout => layout;

    /// <summary>Does nothing.</summary>
    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<float> data)
    {
    }

    /// <summary>Does nothing.</summary>
    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<double> data)
    {
    }

    /// <summary>Always true: there is nothing that could be missing.</summary>
    public bool HasChunk(int member, int firstOutputIndex, string variable) => true;

    /// <summary>Always null.</summary>
    public double[]? ReadChunk(int member, int firstOutputIndex, string variable) => null;

    /// <summary>Does nothing.</summary>
    public void Sync()
    {
    }

    /// <summary>Does nothing.</summary>
    public void SetCommitted(IReadOnlyCollection<int> members, TimeSpan leadTime)
    {
    }

    /// <summary>Always null.</summary>
    public TimeSpan? Committed(int member) => null;

    /// <summary>Does nothing.</summary>
    public void BeginAnew(int member, int draw)
    {
    }
}
