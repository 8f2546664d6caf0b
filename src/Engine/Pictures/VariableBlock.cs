using System.IO.Compression;

namespace Cairn.Engine.Pictures;

/// <summary>All planes of one variable, one after the other in any order, as one zlib stream. The store is read once, a chunk at a time; at
/// most <see cref="MostHeld"/> points of running means are held.</summary>
internal sealed class VariableBlock(CommittedFields committed, PicturePlan plan, GridOrder order)
{
    public const int MeanSlot = 0;
    public const int SpreadSlot = 1;
    public const int FirstMemberSlot = 2;
    private const long MostHeld = 1 << 25;

    private readonly StoredFields _fields = committed.Fields;
    private readonly GridOrder _statisticsOrder = order.Thinned(plan.StatisticsStep);
    private readonly GridOrder _memberOrder = order.Thinned(plan.MemberMapStep);
    private readonly IReadOnlyList<int> _leadTimes = plan.LeadTimes();

    public byte[] Encode(StoredVariable variable)
    {
        using var bytes = new MemoryStream();
        using (var packed = new ZLibStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            foreach (var group in Groups(variable.LeadTimesPerChunk))
                Encode(packed, variable.Field.Name, group);
        }
        return bytes.ToArray();
    }

    /// <summary>Positions among the lead times that are shown, together where they share a chunk.</summary>
    private IEnumerable<int[]> Groups(int leadTimesPerChunk) => Enumerable.Range(0, _leadTimes.Count)
        .GroupBy(i => _leadTimes[i] / leadTimesPerChunk)
        .SelectMany(group => group.Chunk((int)Math.Max(1, MostHeld / _fields.PlaneLength)));

    private void Encode(Stream target, string variable, int[] group)
    {
        var (first, last) = (_leadTimes[group[0]], _leadTimes[group[^1]]);
        var moments = group.Select(_ => new EnsembleMoments(plan.HasStatistics ? _fields.PlaneLength : 0)).ToArray();
        for (var member = 0; member < _fields.Members; member++)
        {
            var shown = member % plan.MemberStep == 0 ? FirstMemberSlot + (member / plan.MemberStep) : -1;
            if (!committed.Has(member, _fields.LeadTimes[first]) || (shown < 0 && !plan.HasStatistics))
                continue;
            var planes = _fields.Read(variable, member, first, last - first + 1);
            for (var i = 0; i < group.Length; i++)
            {
                var leadTime = _leadTimes[group[i]];
                if (committed.Has(member, _fields.LeadTimes[leadTime]))
                {
                    var plane = planes.AsSpan((leadTime - first) * _fields.PlaneLength, _fields.PlaneLength);
                    Encode(target, shown, group[i], plane, moments[i]);
                }
            }
        }
        for (var i = 0; i < group.Length; i++)
            Encode(target, group[i], moments[i]);
    }

    private void Encode(Stream target, int slot, int leadTime, ReadOnlySpan<double> plane, EnsembleMoments moments)
    {
        if (plan.HasStatistics)
            moments.Add(plane);
        if (slot >= 0)
            PlaneCodec.Write(target, slot, leadTime, plane, _fields.Columns.Values.Count, _memberOrder, plan.MemberBits);
    }

    /// <summary>One member has no spread, and no mean worth the name.</summary>
    private void Encode(Stream target, int leadTime, EnsembleMoments moments)
    {
        if (moments.Count > 1)
        {
            var width = _fields.Columns.Values.Count;
            PlaneCodec.Write(target, MeanSlot, leadTime, moments.Mean, width, _statisticsOrder, plan.StatisticsBits);
            PlaneCodec.Write(target, SpreadSlot, leadTime, moments.Spread(), width, _statisticsOrder, plan.StatisticsBits);
        }
    }
}
