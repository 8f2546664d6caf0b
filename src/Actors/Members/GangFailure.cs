using Cairn.Engine.Ranks;
using Cairn.Engine.Extensions;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>Why a gang failed.</summary>
/// <param name="Kind">The kind of failure.</param>
/// <param name="Cause">For people.</param>
public sealed record GangFailure(FailureKind Kind, string Cause)
{
    /// <summary>The rank that failed; null if it concerns the whole gang.</summary>
    public int? Rank { get; init; }

    /// <summary>The member at fault; null if unknown.</summary>
    public int? Member { get; init; }

    /// <summary>The boundary that was being stepped to; null if unknown.</summary>
    public int? Boundary { get; init; }

    /// <summary>The boundary of the session that the gang had started from; -1 for the initial condition.</summary>
    public int StartedFrom { get; init; } = -1;

    /// <summary>A unique name of the process that was lost with it; null if none was.</summary>
    public string? LostProcess { get; init; }

    /// <summary>Whether the gang was idle in a process that other gangs are suspected to have crashed.</summary>
    public bool IsBystander { get; init; }

    /// <summary>The failure that an exception outside of any rank means.</summary>
    internal static GangFailure Of(Exception error) => new(KindOf(error), Text(error));

    /// <summary>The failure that an exception thrown by a rank means.</summary>
    internal static GangFailure Of(Exception error, int rank, GangStart start, BoundarySchedule schedule) => Of(error) with
    {
        Rank = rank,
        Member = (error as StepException)?.Member,
        Boundary = error is StepException { LeadTime: { } leadTime } ? schedule.BoundaryAt(leadTime) : null,
        StartedFrom = start.Boundary,
    };

    /// <summary>Combines two failures of one gang: the more specific one is kept, with the process that either lost.</summary>
    internal static GangFailure Combine(GangFailure first, GangFailure second)
    {
        var kept = second.Weight > first.Weight ? second : first;
        return kept with { LostProcess = first.LostProcess ?? second.LostProcess, IsBystander = first.IsBystander && second.IsBystander };
    }

    /// <summary>Whether a rank ended only because another one had.</summary>
    internal static bool IsConsequence(Exception error) => error is GangAbortedException or OperationCanceledException;

    /// <summary>An unexpected error is shown with its type.</summary>
    internal static string Text(Exception error) =>
        error is CairnException ? error.Message : $"{error.GetType().Name}: {error.Message}{ExtensionCode.At(error)}";

    private int Weight => Kind switch
    {
        FailureKind.Permanent => 3,
        FailureKind.Step => 2,
        FailureKind.Process or FailureKind.Hang => 1,
        _ => 0,
    };

    private static FailureKind KindOf(Exception error) => error switch
    {
        StepException => FailureKind.Step,
        SpecException or DataException or FencedException => FailureKind.Permanent,
        // Code that is missing, of an extension or a library that it uses, is missing in the next attempt too.
        TypeLoadException or MissingMemberException or BadImageFormatException or FileLoadException => FailureKind.Permanent,
        FileNotFoundException { FileName: { } name } when name.Contains(", Version=", StringComparison.Ordinal) => FailureKind.Permanent,
        _ => FailureKind.Machine,
    };
}

/// <summary>What kind of failure ended a gang.</summary>
public enum FailureKind
{
    /// <summary>The model's step threw, or its state was not sound.</summary>
    Step,

    /// <summary>A process of the gang died.</summary>
    Process,

    /// <summary>A rank did not reach its next boundary within the deadline.</summary>
    Hang,

    /// <summary>Sessions could not be committed.</summary>
    Commit,

    /// <summary>An operation of the machine failed, such as reading a session.</summary>
    Machine,

    /// <summary>Retrying cannot help: the data or the spec is at fault, or a newer gang has taken over.</summary>
    Permanent,
}

/// <summary>A batch has failed for good; its sessions stay.</summary>
public sealed class BatchFailedException(string message) : CairnException(message);
