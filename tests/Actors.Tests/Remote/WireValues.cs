using System.Diagnostics;
using Cairn.Actors.Checkpointing;
using Cairn.Actors.Members;
using Cairn.Actors.Remote;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Tests.Remote;

/// <summary>Draws messages of every kind.</summary>
internal sealed class WireValues(Random random)
{
    private const string Letters = "aZ09 _-\"\\/\n\t\0é漢𝄞{}[]:,'<>&";

    public WireMessage Message(Type kind) => kind.Name switch
    {
        nameof(WireMessage.Hello) => new WireMessage.Hello(Number(), Text(), Number(), Text()),
        nameof(WireMessage.Joined) => new WireMessage.Joined(Number(), Number(), Text()),
        nameof(WireMessage.Unfit) => new WireMessage.Unfit(Failure()),
        nameof(WireMessage.Report) => new WireMessage.Report(Number(), Report(Any(Kinds(typeof(RankReport))))),
        nameof(WireMessage.Stopped) => new WireMessage.Stopped(Number(), Bit()),
        nameof(WireMessage.Setup) => new WireMessage.Setup(Text(), Text(), Many(() => (Text(), Text())), Bit()),
        nameof(WireMessage.Start) => new WireMessage.Start(Number(), Start()),
        nameof(WireMessage.Order) => new WireMessage.Order(Number(), Number(), Order(Any(Kinds(typeof(RankOrder))))),
        nameof(WireMessage.Stop) => new WireMessage.Stop(Number()),
        nameof(WireMessage.Bye) => new WireMessage.Bye(),
        _ => throw new UnreachableException($"{kind.Name} is not drawn yet"),
    };

    public RankReport Report(Type kind) => kind.Name switch
    {
        nameof(RankReport.Reached) => new RankReport.Reached(Number(), Number(), Long()),
        nameof(RankReport.Waiting) => new RankReport.Waiting(Number(), Number()),
        nameof(RankReport.GoesOn) => new RankReport.GoesOn(Number()),
        nameof(RankReport.Staged) => new RankReport.Staged(new RankCommit(Number(), Number(), Number(), Number(), Text())),
        nameof(RankReport.StagingFailed) => new RankReport.StagingFailed(Number(), Number(), Number(), Text()),
        nameof(RankReport.Verified) => new RankReport.Verified(Number(), Number(), Bit(), Real()),
        nameof(RankReport.Warned) => new RankReport.Warned(Number(), Text()),
        nameof(RankReport.Ended) => new RankReport.Ended(Number(), Bit(), Number(), Long()),
        nameof(RankReport.Failed) => new RankReport.Failed(Number(), Failure(), Long()),
        _ => throw new UnreachableException($"{kind.Name} is not drawn yet"),
    };

    public RankOrder Order(Type kind) => kind.Name switch
    {
        nameof(RankOrder.Permit) => new RankOrder.Permit(Number()),
        nameof(RankOrder.Halt) => new RankOrder.Halt(Number()),
        nameof(RankOrder.Commit) => new RankOrder.Commit(Number()),
        nameof(RankOrder.Verdict) => new RankOrder.Verdict(Number(), Number()),
        _ => throw new UnreachableException($"{kind.Name} is not drawn yet"),
    };

    public GangStart Start() => new(Range(), Number(), Bit() ? Plan() : null, Bit() ? Text() : null, Members())
    {
        VerifyFrom = Bit() ? Candidate() : null,
    };

    public static IReadOnlyList<Type> Kinds(Type family) => [.. family.GetNestedTypes().Where(family.IsAssignableFrom)];

    private RestorePlan Plan() => new(Number(), Many(() => (Number(), Candidate())));

    private RestoreCandidate Candidate() => new(Range(), Text(), Number(), Number());

    private BatchMembers Members() => new(
        Many(() => (Number(), new DroppedMember(TimeSpan.FromTicks(Long()), Text()))), Many(() => (Number(), Number())));

    private MemberRange Range() => new(random.Next(1000), 1000 + random.Next(1000));

    private GangFailure Failure() => new(Any(Enum.GetValues<FailureKind>()), Text())
    {
        Rank = Maybe(),
        Member = Maybe(),
        Boundary = Maybe(),
        StartedFrom = Number(),
        LostProcess = Bit() ? Text() : null,
        IsBystander = Bit(),
    };

    private int? Maybe() => Bit() ? Number() : null;

    private bool Bit() => random.Next(2) == 0;

    private int Number() => random.Next(4) == 0 ? Any([int.MinValue, -1, 0, int.MaxValue]) : random.Next();

    private long Long() => random.Next(4) == 0 ? Any([long.MinValue, -1, 0, long.MaxValue]) : random.NextInt64();

    private double Real() => random.Next(2) == 0
        ? Any([double.NaN, double.PositiveInfinity, -0.0, double.Epsilon, double.MaxValue])
        : BitConverter.Int64BitsToDouble(random.NextInt64() & 0x7FEF_FFFF_FFFF_FFFF);

    private string Text() => string.Concat(
        Enumerable.Range(0, random.Next(12)).Select(_ => Any([.. Letters.EnumerateRunes()]).ToString()));

    private Dictionary<TKey, TValue> Many<TKey, TValue>(Func<(TKey, TValue)> one) where TKey : notnull
    {
        var all = new Dictionary<TKey, TValue>();
        foreach (var (key, value) in Enumerable.Range(0, random.Next(5)).Select(_ => one()))
        {
            all[key] = value;
        }

        return all;
    }

    private T Any<T>(IReadOnlyList<T> values) => values[random.Next(values.Count)];
}
