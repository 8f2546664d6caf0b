namespace Cairn.Engine.Pictures;

/// <summary>What of the fields a picture keeps so that its file stays small. Pure: the shape of what there is goes in, and each plan
/// answers with the next smaller one. Members' maps give way first, lead times next, mean and spread then, members last.</summary>
internal sealed record PicturePlan(PictureShape Shape)
{
    /// <summary>An axis is not thinned below this many points.</summary>
    private const int FewestPoints = 12;

    private const int FewestLeadTimes = 13;
    private const int FewestMembers = 8;

    /// <summary>What a number takes in the file, compressed and as base64: measured on winds, from above.</summary>
    private const double BytesOfOne = 0.95;

    private const double BytesOfTwo = 2.1;

    /// <summary>Each plane carries its slot, lead time, offset and scale.</summary>
    private const double BytesOfPlane = 16;

    /// <summary>8 or 16 bits for each value of a member.</summary>
    public int MemberBits { get; private init; } = 16;

    /// <summary>8 or 16 bits for each value of mean and spread.</summary>
    public int StatisticsBits { get; private init; } = 16;

    /// <summary>Mean and spread keep every this many rows and columns.</summary>
    public int StatisticsStep { get; private init; } = 1;

    /// <summary>Members keep every this many of the rows and columns that mean and spread keep, so that their points coincide.</summary>
    public int MemberFactor { get; private init; } = 1;

    /// <summary>Every this many lead times are kept, and the last.</summary>
    public int LeadTimeStep { get; private init; } = 1;

    /// <summary>Every this many members are kept.</summary>
    public int MemberStep { get; private init; } = 1;

    /// <summary>Whether there is more than one member: only then are there mean and spread.</summary>
    public bool HasStatistics => Shape.Members > 1;

    /// <summary>Members keep every this many rows and columns of the grid.</summary>
    public int MemberMapStep => StatisticsStep * MemberFactor;

    /// <summary>Bytes that the file will take, roughly.</summary>
    public double Estimate => StatisticsBytes + MemberBytes;

    private double StatisticsBytes => HasStatistics ? 2 * Planes * Bytes(StatisticsStep, StatisticsBits) : 0;
    private double MemberBytes => Kept(Shape.Members, MemberStep) * Planes * Bytes(MemberMapStep, MemberBits);
    private double Planes => (double)Shape.Variables * KeptLeadTimes * Shape.Times;
    private int KeptLeadTimes => Kept(Shape.LeadTimes - 1, LeadTimeStep) + 1;

    /// <summary>The finest plan whose estimate is at most <paramref name="bytes"/>, or the coarsest of all.</summary>
    public static PicturePlan Fitting(PictureShape shape, double bytes)
    {
        var plan = new PicturePlan(shape);
        while (plan.Estimate > bytes && plan.Coarser() is { } coarser)
            plan = coarser;
        return plan;
    }

    /// <summary>The next smaller plan, or null when nothing is left to give up.</summary>
    public PicturePlan? Coarser()
    {
        if (MemberBits == 16)
            return this with { MemberBits = 8 };
        if (StatisticsBits == 16 && HasStatistics)
            return this with { StatisticsBits = 8 };
        if (MemberBytes >= StatisticsBytes && CanThin(MemberMapStep + StatisticsStep))
            return this with { MemberFactor = MemberFactor + 1 };
        if (KeptLeadTimes > FewestLeadTimes)
            return this with { LeadTimeStep = LeadTimeStep + 1 };
        if (HasStatistics && StatisticsBytes > MemberBytes && CanThin(StatisticsStep + 1))
            return this with { StatisticsStep = StatisticsStep + 1 };
        return Kept(Shape.Members, MemberStep) > FewestMembers ? this with { MemberStep = MemberStep + 1 }
            : KeptLeadTimes > 2 ? this with { LeadTimeStep = LeadTimeStep * 2 } : null;
    }

    /// <summary>Indexes of the lead times that are kept, among those that there are.</summary>
    public IReadOnlyList<int> LeadTimes() =>
        [.. Enumerable.Range(0, Shape.LeadTimes).Where(i => i % LeadTimeStep == 0 || i == Shape.LeadTimes - 1)];

    /// <summary>The members that are kept.</summary>
    public IReadOnlyList<int> Members() => [.. Enumerable.Range(0, Shape.Members).Where(m => m % MemberStep == 0)];

    private bool CanThin(int step) => !Shape.IsMesh && Kept(Math.Max(Shape.Rows, Shape.Columns), step) >= FewestPoints;

    private double Bytes(int step, int bits) =>
        ((double)Kept(Shape.Rows, step) * Kept(Shape.Columns, step) * (bits == 16 ? BytesOfTwo : BytesOfOne)) + BytesOfPlane;

    private static int Kept(int count, int step) => (count + step - 1) / step;
}
