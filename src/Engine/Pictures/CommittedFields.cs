using Cairn.Storage.Fields;

namespace Cairn.Engine.Pictures;

/// <summary>The fields of a store that sessions cover, as of the start of the drawing: nothing else is drawn.</summary>
internal sealed class CommittedFields
{
    private readonly TimeSpan?[] _committed;

    /// <exception cref="DataException">No member is committed yet, or there is no field.</exception>
    public CommittedFields(StoredFields fields)
    {
        Fields = fields;
        _committed = [.. Enumerable.Range(0, fields.Members).Select(fields.Committed)];
        LeadTimes = [.. fields.LeadTimes.TakeWhile(leadTime => _committed.Any(c => c >= leadTime))];
        if (LeadTimes.Count == 0 || fields.Variables.Count == 0)
        {
            throw new DataException($"{fields.Path} holds no committed lead time yet, so there is nothing to draw. "
                + "Draw it again once the run has committed a session.");
        }
    }

    public StoredFields Fields { get; }

    /// <summary>Whether any member has committed its first lead time.</summary>
    public static bool HasAny(StoredFields fields) =>
        Enumerable.Range(0, fields.Members).Any(member => fields.Committed(member) >= fields.LeadTimes[0]);

    /// <summary>The lead times that at least one member has committed.</summary>
    public IReadOnlyList<TimeSpan> LeadTimes { get; }

    /// <summary>The lead times that every member has committed.</summary>
    public int WholeLeadTimes => LeadTimes.TakeWhile(leadTime => Count(leadTime) == Fields.Members).Count();

    public bool Has(int member, TimeSpan leadTime) => _committed[member] >= leadTime;

    /// <summary>How many members have committed a lead time.</summary>
    public int Count(TimeSpan leadTime) => _committed.Count(c => c >= leadTime);

    public PictureShape Shape =>
        new(Fields.Variables.Count, Fields.Members, LeadTimes.Count, Fields.Rows.Values.Count, Fields.Columns.Values.Count)
        {
            IsMesh = Fields.Mesh is not null,
        };
}
