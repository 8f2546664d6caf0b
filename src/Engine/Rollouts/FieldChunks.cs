namespace Cairn.Engine.Rollouts;

/// <summary>One field chunk ready to be written: a member's variable over consecutive lead times.</summary>
/// <param name="Member">Ensemble member.</param>
/// <param name="FirstOutput">Output index of its first lead time.</param>
/// <param name="Variable">Name of the variable.</param>
/// <param name="Data"><c>[lead time, latitude, longitude]</c>, in C order.</param>
public sealed record FieldChunk(int Member, int FirstOutput, string Variable, ReadOnlyMemory<float> Data);

/// <summary>Gathers a batch's fields, lead time by lead time, into whole chunks, so that each chunk is written once. Not thread safe: it
/// belongs to the thread that steps the batch.</summary>
internal sealed class FieldChunks(IReadOnlyList<int> members, IReadOnlyList<string> variables, int fieldSize, int leadTimesPerChunk)
{
    private float[][] _open = [];
    private int _first;

    /// <summary>Lead times gathered in the chunk in progress.</summary>
    public int Pending { get; private set; }

    /// <summary>Begins a chunk at an output index, with the fields that were gathered for it before a restart.</summary>
    public void Resume(int firstOutput, IReadOnlyList<FieldChunk> gathered)
    {
        Begin(firstOutput);
        foreach (var chunk in gathered)
        {
            var slot = Slot(chunk.Member, IndexOf(chunk.Variable));
            chunk.Data.Span.CopyTo(_open[slot]);
            Pending = chunk.Data.Length / fieldSize;
        }
    }

    /// <summary>The place for one field of the lead time that is being gathered: <c>[latitude, longitude]</c>.</summary>
    public Span<float> Next(int member, int variable) =>
        _open[Slot(member, variable)].AsSpan(Pending * fieldSize, fieldSize);

    /// <summary>Ends a lead time. Returns the whole chunks when this one completed them, else nothing.</summary>
    public IReadOnlyList<FieldChunk> EndLeadTime()
    {
        Pending++;
        if (Pending < leadTimesPerChunk)
            return [];
        var whole = Snapshot(copy: false);
        Begin(_first + leadTimesPerChunk);
        return whole;
    }

    /// <summary>A copy of the chunk in progress: what a session in the middle of a chunk must keep.</summary>
    public IReadOnlyList<FieldChunk> Open() => Pending == 0 ? [] : Snapshot(copy: true);

    private void Begin(int firstOutput)
    {
        _first = firstOutput;
        Pending = 0;
        // A new buffer each time: the old one belongs to the writer from here on.
        _open = new float[members.Count * variables.Count][];
        for (var i = 0; i < _open.Length; i++)
            _open[i] = new float[fieldSize * leadTimesPerChunk];
    }

    private List<FieldChunk> Snapshot(bool copy)
    {
        var chunks = new List<FieldChunk>(_open.Length);
        foreach (var member in members)
        {
            for (var variable = 0; variable < variables.Count; variable++)
            {
                var data = _open[Slot(member, variable)].AsMemory(0, Pending * fieldSize);
                chunks.Add(new FieldChunk(member, _first, variables[variable], copy ? data.ToArray() : data));
            }
        }
        return chunks;
    }

    private int IndexOf(string variable)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            if (variables[i] == variable)
                return i;
        }
        throw new DataException(
            $"A session holds fields of '{variable}', which this run does not write; it writes {string.Join(", ", variables)}.");
    }

    private int Slot(int member, int variable) => (Place(member) * variables.Count) + variable;

    /// <summary>Members are consecutive unless some were dropped, and never more than they would be then.</summary>
    private int Place(int member)
    {
        var place = Math.Min(member - members[0], members.Count - 1);
        while (members[place] > member)
            place--;
        return place;
    }
}
