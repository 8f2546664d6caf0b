using Cairn.Actors.Members;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

/// <summary>Tells what kind of failure an exception is that ended a rank.</summary>
internal static class RankFailures
{
    /// <param name="error">What the rank threw.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="start">What its gang was started with.</param>
    /// <param name="schedule">The boundaries.</param>
    public static GangFailure Of(Exception error, int rank, GangStart start, BoundarySchedule schedule) => new(Kind(error), Text(error))
    {
        Rank = rank,
        Member = (error as StepException)?.Member,
        Boundary = error is StepException { LeadTime: { } leadTime } ? schedule.BoundaryAt(leadTime) : null,
        StartedFrom = start.Boundary,
    };

    /// <summary>A failure outside of any rank.</summary>
    public static GangFailure Of(Exception error) => new(Kind(error), Text(error));

    /// <summary>
    /// Of two failures of one gang, the one that tells more: who names the member names the cause; a lost process comes next.
    /// </summary>
    public static GangFailure Worse(GangFailure first, GangFailure second)
    {
        var worse = Weight(second) > Weight(first) ? second : first;
        return worse with { LostProcess = first.LostProcess ?? second.LostProcess, IsBystander = first.IsBystander && second.IsBystander };
    }

    private static int Weight(GangFailure failure) => failure switch
    {
        { Kind: FailureKind.Permanent } => 3,
        { Kind: FailureKind.Step } => 2,
        { Kind: FailureKind.Process or FailureKind.Hang } => 1,
        _ => 0,
    };

    /// <summary>Whether a rank only ended because another one had.</summary>
    public static bool IsConsequence(Exception error) => error is GangAbortedException or OperationCanceledException;

    private static FailureKind Kind(Exception error) => error switch
    {
        StepException => FailureKind.Step,
        TransientException => FailureKind.Machine,
        SpecException or DataException or FencedException => FailureKind.Permanent,
        _ => FailureKind.Machine,
    };

    /// <summary>An unexpected error is reported with its type.</summary>
    public static string Text(Exception error) => error is CairnException ? error.Message : $"{error.GetType().Name}: {error.Message}";
}
