namespace Cairn.Storage.Fields;

/// <summary>Fields in memory, for library users who look at them at once. Nothing survives the process: a run that is to be resumed needs a
/// store on disk.</summary>
public sealed class MemoryFieldStore : IFieldStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(int Member, int Chunk, string Variable), double[]> _chunks = [];
    private readonly Dictionary<int, TimeSpan> _committed = [];

    /// <param name="layout">What the store holds.</param>
    /// <exception cref="SpecException">The layout contradicts itself.</exception>
    public MemoryFieldStore(FieldLayout layout)
    {
        layout.Validate();
        Layout = layout;
    }

    public FieldLayout Layout { get; }

    /// <summary>One field, <c>[latitude, longitude]</c>; NaN where nothing was written.</summary>
    /// <param name="member">The member, from 0.</param>
    /// <param name="outputIndex">The index of the lead time among those written.</param>
    /// <param name="variable">A variable of the layout.</param>
    public double[] Field(int member, int outputIndex, string variable)
    {
        var place = outputIndex % Layout.LeadTimesPerChunk;
        var plane = (int)Layout.PlaneLength;
        var chunk = ReadChunk(member, outputIndex - place, variable);
        return chunk is null ? [.. Enumerable.Repeat(double.NaN, plane)] : chunk[(place * plane)..((place + 1) * plane)];
    }

    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<float> data)
    {
        var wide = new double[data.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = data[i];

        WriteChunk(member, firstOutputIndex, variable, wide);
    }

    public void WriteChunk(int member, int firstOutputIndex, string variable, ReadOnlySpan<double> data)
    {
        var (_, first, _) = Key(member, firstOutputIndex, Layout.LeadTimesPerShard, variable);
        Layout.RequireValues(variable, data.Length);
        lock (_lock)
        {
            for (var at = 0; at < data.Length; at += Layout.ChunkLength)
            {
                var chunk = new double[Layout.ChunkLength];
                var values = data[at..Math.Min(data.Length, at + Layout.ChunkLength)];
                values.CopyTo(chunk);
                chunk.AsSpan(values.Length).Fill(double.NaN);
                _chunks[(member, first + (at / Layout.ChunkLength), variable)] = chunk;
            }
        }
    }

    public double[]? ReadChunk(int member, int firstOutputIndex, string variable)
    {
        var key = Key(member, firstOutputIndex, Layout.LeadTimesPerChunk, variable);
        lock (_lock)
        {
            return _chunks.TryGetValue(key, out var chunk) ? [.. chunk] : null;
        }
    }

    public bool HasChunk(int member, int firstOutputIndex, string variable)
    {
        var key = Key(member, firstOutputIndex, Layout.LeadTimesPerChunk, variable);
        lock (_lock)
        {
            return _chunks.ContainsKey(key);
        }
    }

    /// <summary>Does nothing: memory is as durable as it will ever be.</summary>
    public void Sync() { }

    public void SetCommitted(IReadOnlyCollection<int> members, TimeSpan leadTime)
    {
        lock (_lock)
        {
            foreach (var member in members)
                _committed[member] = leadTime;
        }
    }

    public TimeSpan? Committed(int member)
    {
        lock (_lock)
        {
            return _committed.TryGetValue(member, out var leadTime) ? leadTime : null;
        }
    }

    public void BeginAnew(int member, int draw)
    {
        lock (_lock)
        {
            _ = _committed.Remove(member);
        }
    }

    private (int Member, int Chunk, string Variable) Key(int member, int firstOutputIndex, int unit, string variable)
    {
        Layout.RequirePlace(member, firstOutputIndex, unit, variable, "The store");
        return (member, firstOutputIndex / Layout.LeadTimesPerChunk, variable);
    }
}
