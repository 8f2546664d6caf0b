namespace Cairn.Actors.Members;

/// <summary>Why a gang ended.</summary>
/// <param name="Kind">In a word.</param>
/// <param name="Cause">What a user reads.</param>
public sealed record GangFailure(FailureKind Kind, string Cause)
{
    /// <summary>The rank that failed, or null where it is the gang as a whole.</summary>
    public int? Rank { get; init; }

    /// <summary>The member at fault, or null where it is not known.</summary>
    public int? Member { get; init; }

    /// <summary>The boundary that was being stepped to, or null where it is not known.</summary>
    public int? Boundary { get; init; }

    /// <summary>The boundary of the session that the gang had started from; -1 for the initial condition.</summary>
    public int StartedFrom { get; init; } = -1;

    /// <summary>The process that went with it, by a name of its own, or null where none did.</summary>
    public string? LostProcess { get; init; }

    /// <summary>Whether the gang only happened to be in a process that others are suspected to have taken down.</summary>
    public bool IsBystander { get; init; }
}

/// <summary>What kind of failure ended a gang.</summary>
public enum FailureKind
{
    /// <summary>The model's step threw, or its state was not sound.</summary>
    Step,

    /// <summary>A process of the gang died.</summary>
    Process,

    /// <summary>A rank reached its next boundary too late.</summary>
    Hang,

    /// <summary>Sessions could not be committed.</summary>
    Commit,

    /// <summary>The machine refused something, such as reading a session.</summary>
    Machine,

    /// <summary>Repeating it cannot help: the data or the spec is at fault, or a newer gang has taken over.</summary>
    Permanent,
}
