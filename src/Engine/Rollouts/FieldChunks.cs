namespace Cairn.Engine.Rollouts;

/// <summary>One field chunk ready to be written: a member's variable over consecutive lead times.</summary>
/// <param name="Member">Ensemble member.</param>
/// <param name="FirstOutput">Output index of its first lead time.</param>
/// <param name="Variable">Name of the variable.</param>
/// <param name="Data"><c>[lead time, latitude, longitude]</c>, in C order.</param>
public sealed record FieldChunk(int Member, int FirstOutput, string Variable, ReadOnlyMemory<float> Data);

/// <summary>
/// Gathers a batch's fields, lead time by lead time, into whole chunks, so that each chunk is written once. Not thread safe: it belongs
/// to the thread that steps the batch.
/// </summary>
internal sealed class FieldChunks
{
    private readonly IReadOnlyList<int> _members;
    private readonly IReadOnlyList<string> _variables;
    private readonly int _fieldSize;
    private readonly int _leadTimesPerChunk;
    private float[][] _open = [];
    private int _first;

    /// <param name="members">Members whose fields are gathered, in order.</param>
    /// <param name="variables">Variables, in the order of the store.</param>
    /// <param name="fieldSize">Grid points of one field, after the box was cut out.</param>
    /// <param name="leadTimesPerChunk">Lead times that one chunk holds.</param>
    public FieldChunks(IReadOnlyList<int> members, IReadOnlyList<string> variables, int fieldSize, int leadTimesPerChunk)
    {
        _members = members;
        _variables = variables;
        _fieldSize = fieldSize;
        _leadTimesPerChunk = leadTimesPerChunk;
    }

    /// <summary>Lead times gathered in the chunk in progress.</summary>
    public int Pending { get; private set; }

    /// <summary>Begins a chunk at an output index, with the fields that were gathered for it before a restart.</summary>
    /// <param name="firstOutput">Output index of the chunk's first lead time.</param>
    /// <param name="gathered">Per member and variable, <c>[lead time, latitude, longitude]</c>; empty at a chunk's beginning.</param>
    public void Resume(int firstOutput, IReadOnlyList<FieldChunk> gathered)
    {
        Begin(firstOutput);
        foreach (var chunk in gathered)
        {
            var slot = Slot(chunk.Member, IndexOf(chunk.Variable));
            chunk.Data.Span.CopyTo(_open[slot]);
            Pending = chunk.Data.Length / _fieldSize;
        }
    }

    /// <summary>The place for one field of the lead time that is being gathered: <c>[latitude, longitude]</c>.</summary>
    public Span<float> Next(int member, int variable) =>
        _open[Slot(member, variable)].AsSpan(Pending * _fieldSize, _fieldSize);

    /// <summary>Ends a lead time. Returns the whole chunks when this one completed them, else nothing.</summary>
    public IReadOnlyList<FieldChunk> EndLeadTime()
    {
        Pending++;
        if (Pending < _leadTimesPerChunk)
        {
            return [];
        }

        var whole = Snapshot(copy: false);
        Begin(_first + _leadTimesPerChunk);
        return whole;
    }

    /// <summary>A copy of the chunk in progress: what a session in the middle of a chunk must keep.</summary>
    public IReadOnlyList<FieldChunk> Open() => Pending == 0 ? [] : Snapshot(copy: true);

    private void Begin(int firstOutput)
    {
        _first = firstOutput;
        Pending = 0;
        // A new buffer each time: the old one belongs to the writer from here on.
        _open = new float[_members.Count * _variables.Count][];
        for (var i = 0; i < _open.Length; i++)
        {
            _open[i] = new float[_fieldSize * _leadTimesPerChunk];
        }
    }

    private List<FieldChunk> Snapshot(bool copy)
    {
        var chunks = new List<FieldChunk>(_open.Length);
        foreach (var member in _members)
        {
            for (var variable = 0; variable < _variables.Count; variable++)
            {
                var data = _open[Slot(member, variable)].AsMemory(0, Pending * _fieldSize);
                chunks.Add(new FieldChunk(member, _first, _variables[variable], copy ? data.ToArray() : data));
            }
        }

        return chunks;
    }

    private int IndexOf(string variable)
    {
        for (var i = 0; i < _variables.Count; i++)
        {
            if (string.Equals(_variables[i], variable, StringComparison.Ordinal))
            {
                return i;
            }
        }

        throw new DataException(
            $"A session holds fields of '{variable}', which this run does not write; it writes {string.Join(", ", _variables)}.");
    }

    private int Slot(int member, int variable) => (Place(member) * _variables.Count) + variable;

    /// <summary>Members are consecutive unless some were dropped, and never more than they would be then.</summary>
    private int Place(int member)
    {
        var place = Math.Min(member - _members[0], _members.Count - 1);
        while (_members[place] > member)
        {
            place--;
        }

        return place;
    }
}
