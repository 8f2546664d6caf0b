using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>The fields of the members in NetCDF-4 files (CF-1.10, <c>[time, realization, latitude, longitude]</c>), as far as every member
/// has committed. The same fields give the same bytes.</summary>
public static class FieldsFile
{
    /// <summary>Writes a part of the fields whole, replacing what was there; it is durable when this returns.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="store">The fields of the members.</param>
    /// <param name="part">One of <see cref="FieldsPart.Of"/> for what is committed.</param>
    /// <exception cref="SpecException">The store keeps no fields, the part is not committed yet, or libnetcdf is not installed.</exception>
    /// <exception cref="DataException">A chunk is missing or damaged.</exception>
    /// <exception cref="TransientException">The disk refused; what was there before is untouched.</exception>
    public static void Write(IDurableFiles files, IFieldStore store, FieldsPart part)
    {
        var committed = new CommittedPart(store);
        if (part.FirstLeadTime + part.LeadTimes > committed.Layout.LeadTimes.Count)
            throw new SpecException($"{part.Path} needs {part.LeadTimes} lead times from number {part.FirstLeadTime} on, but all members "
                + $"have committed only {committed.Layout.LeadTimes.Count}. Try again when more are committed.");

        DerivedFile.Write(files, part.Path, file => Write(file, committed, part));
    }

    /// <summary>What of a store every member has committed.</summary>
    /// <exception cref="SpecException">The store keeps no fields, or nothing is committed yet.</exception>
    public static FieldLayout Committed(IFieldStore store) => new CommittedPart(store).Layout;

    private static void Write(NetCdfWriter file, CommittedPart committed, FieldsPart part)
    {
        var layout = committed.Layout with
        {
            LeadTimes = [.. committed.Layout.LeadTimes.Skip(part.FirstLeadTime).Take(part.LeadTimes)],
        };
        var header = new FieldsHeader(file, layout, new MembersOfFile(part.FirstMember, part.Members, part.MembersAsAxis));
        header.Define();
        file.DefineAttribute(null, "ensemble_size", layout.Members);
        foreach (var variable in layout.Variables)
            header.DefineFields(variable.Name, variable, header.MemberAxis, overMembers: null);

        header.EndDefinition();
        header.WriteCoordinates();
        foreach (var variable in layout.Variables)
        {
            for (var member = part.FirstMember; member < part.FirstMember + part.Members; member++)
                WriteMember(header, committed, part, variable.Name, member);
        }
    }

    private static void WriteMember(FieldsHeader header, CommittedPart committed, FieldsPart part, string variable, int member)
    {
        var layout = committed.Layout;
        long[] memberStart = part.MembersAsAxis ? [member - part.FirstMember] : [], memberCount = part.MembersAsAxis ? [1] : [];
        foreach (var (chunk, length) in committed.Chunks())
        {
            var from = Math.Max(chunk, part.FirstLeadTime);
            var count = Math.Min(chunk + length, part.FirstLeadTime + part.LeadTimes) - from;
            if (count <= 0)
                continue;

            var values = committed.Read(member, chunk, variable).AsSpan((from - chunk) * layout.PlaneLength, count * layout.PlaneLength);
            header.WriteFields(
                variable, [from - part.FirstLeadTime, .. memberStart, .. layout.GridShape.Select(_ => 0L)],
                [count, .. memberCount, .. layout.GridShape.Select(points => (long)points)], values.ToArray());
        }
    }
}

/// <summary>The lead times of a field store that every member has committed: what files are derived from.</summary>
public sealed class CommittedPart
{
    private readonly IFieldStore _store;

    /// <exception cref="SpecException">The store keeps no fields, or some member has committed none yet.</exception>
    public CommittedPart(IFieldStore store)
    {
        if (store is NullFieldStore)
            throw new SpecException("The run writes no fields (output.kind = none), so nothing can be derived from them. Set output.kind "
                + "to a field store; output.keep-members = false drops the fields once files are derived.");

        store.Layout.RequireOneTime("The store");
        var committed = Enumerable.Range(0, store.Layout.Members).Select(m => (Member: m, LeadTime: store.Committed(m))).ToList();
        var last = committed.MinBy(c => c.LeadTime ?? TimeSpan.MinValue);
        _store = store;
        Layout = store.Layout with
        {
            // A store does not keep the order in which its variables were requested.
            Variables = [.. store.Layout.Variables.OrderBy(v => v.Name, StringComparer.Ordinal)],
            LeadTimes = [.. store.Layout.LeadTimes.TakeWhile(t => last.LeadTime is { } end && t <= end)],
        };
        if (Layout.LeadTimes.Count == 0)
            throw new SpecException($"Member {last.Member} has no committed lead time yet; files are derived from the lead times that "
                + "every member has committed. Try again after its first session.");
    }

    /// <summary>The store's layout with the lead times that every member has committed.</summary>
    public FieldLayout Layout { get; }

    /// <summary>The lead times of each chunk: index of the first, and how many of them are committed.</summary>
    public IEnumerable<(int First, int Count)> Chunks()
    {
        for (var first = 0; first < Layout.LeadTimes.Count; first += Layout.LeadTimesPerChunk)
            yield return (first, Math.Min(Layout.LeadTimesPerChunk, Layout.LeadTimes.Count - first));
    }

    /// <summary>A chunk of one member, [lead time, latitude, longitude] with the padding of its last lead times.</summary>
    /// <exception cref="DataException">The chunk is missing or damaged.</exception>
    public double[] Read(int member, int first, string variable) =>
        _store.ReadChunk(member, first, variable) ?? throw new DataException(
            $"The store has no {variable} of member {member} at lead time index {first}, though it is committed. Resume the run: it "
            + "restarts before the missing part.");
}
