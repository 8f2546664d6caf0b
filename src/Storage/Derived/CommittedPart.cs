using Cairn.Storage.Fields;

namespace Cairn.Storage.Derived;

/// <summary>The lead times of a field store that every member has committed: what files are derived from.</summary>
public sealed class CommittedPart
{
    private readonly IFieldStore _store;

    /// <exception cref="SpecException">The store keeps no fields, or some member has committed none yet.</exception>
    public CommittedPart(IFieldStore store)
    {
        if (store is NullFieldStore)
        {
            throw new SpecException("The run writes no fields (output.kind = none), so nothing can be derived from them. Set output.kind "
                + "to a field store; output.keep-members = false drops the fields once files are derived.");
        }

        store.Layout.RequireOneTime("The store");
        var committed = Enumerable.Range(0, store.Layout.Members).Select(m => (Member: m, LeadTime: store.Committed(m))).ToList();
        var last = committed.MinBy(c => c.LeadTime ?? TimeSpan.MinValue);
        _store = store;
        Layout = store.Layout with
        {
            // A store does not tell the order that its variables were asked for in.
            Variables = [.. store.Layout.Variables.OrderBy(v => v.Name, StringComparer.Ordinal)],
            LeadTimes = [.. store.Layout.LeadTimes.TakeWhile(t => last.LeadTime is { } end && t <= end)],
        };
        if (Layout.LeadTimes.Count == 0)
        {
            throw new SpecException($"Member {last.Member} has no committed lead time yet; files are derived from the lead times that "
                + "every member has committed. Try again after its first session.");
        }
    }

    /// <summary>The store's layout with the lead times that every member has committed.</summary>
    public FieldLayout Layout { get; }

    /// <summary>The lead times of each chunk: index of the first, and how many of them are committed.</summary>
    public IEnumerable<(int First, int Count)> Chunks()
    {
        for (var first = 0; first < Layout.LeadTimes.Count; first += Layout.LeadTimesPerChunk)
        {
            yield return (first, Math.Min(Layout.LeadTimesPerChunk, Layout.LeadTimes.Count - first));
        }
    }

    /// <summary>A chunk of one member, [lead time, latitude, longitude] with the padding of its last lead times.</summary>
    /// <exception cref="DataException">The chunk is missing or damaged.</exception>
    public double[] Read(int member, int first, string variable) =>
        _store.ReadChunk(member, first, variable) ?? throw new DataException(
            $"The store has no {variable} of member {member} at lead time index {first}, though it is committed. Resume the run: it "
            + "restarts before the missing part.");
}
