using Cairn.Actors.Members;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Ranks;

// What a supervisor and the place of its ranks tell each other. A gang is known by its batch and epoch.

/// <summary>
/// Asks for the ranks of a gang whose epoch has started. The sender receives <see cref="RanksReady"/> from each process of them, or
/// <see cref="GangLost"/>.
/// </summary>
/// <param name="Start">What the gang is started with.</param>
/// <param name="Coordinator">The gang's coordinator: ranks take orders only from it.</param>
internal sealed record StartGang(GangStart Start, IActorRef Coordinator)
{
    /// <summary>Where ranks over MPI go, this node's host first; empty where all are on this node.</summary>
    public IReadOnlyList<HostSlots> Hosts { get; init; } = [];
}

/// <summary>The ranks of one process are there; each begins when its coordinator says so.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">The gang's epoch.</param>
/// <param name="First">The first of these ranks.</param>
/// <param name="Workers">One a rank, in order.</param>
internal sealed record RanksReady(MemberRange Batch, int Epoch, int First, IReadOnlyList<IActorRef> Workers);

/// <summary>The gang cannot go on: a process of its ranks is gone, or could not be had.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">The gang's epoch.</param>
/// <param name="Failure">Why.</param>
internal sealed record GangLost(MemberRange Batch, int Epoch, GangFailure Failure);

/// <summary>
/// Ends all ranks of a gang wherever they are, without making anything durable. Answered by <see cref="GangGone"/>.
/// </summary>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">The gang's epoch.</param>
/// <param name="IsDone">Whether its ranks have ended as they should.</param>
internal sealed record EndGang(MemberRange Batch, int Epoch, bool IsDone);

/// <summary>No rank of the gang can do any more harm: each has ended, or hangs and is fenced.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">The gang's epoch.</param>
/// <param name="LeftBehind">What did not end within its time, for people; null when all has.</param>
internal sealed record GangGone(MemberRange Batch, int Epoch, string? LeftBehind);

/// <summary>Asks a coordinator where its gang stands. Answered by <see cref="GangStands"/>.</summary>
internal sealed record AskWhereGangStands : INoSerializationVerificationNeeded;

/// <summary>Where a gang stands.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Epoch">The gang's epoch.</param>
/// <param name="IsIdle">Whether no rank has anything in hand: each waits for others, or has ended.</param>
internal sealed record GangStands(MemberRange Batch, int Epoch, bool IsIdle) : INoSerializationVerificationNeeded;

// What a process of ranks and the actor that started it tell each other.

/// <summary>The first message of a process of ranks: who it is. It is answered by <see cref="RankAdmitted"/>, or not at all.</summary>
/// <param name="Protocol">The <see cref="Version"/> that it speaks.</param>
/// <param name="Token">What it was started with. Good for one process, or over MPI for one process a rank.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Host">Its host.</param>
/// <param name="Mpi">Its place as MPI told it; null where there is no MPI.</param>
internal sealed record RankHello(int Protocol, string Token, int Pid, string Host, MpiPlace? Mpi)
{
    /// <summary>The version of what a node and its processes of ranks tell each other: both ends must be of one.</summary>
    public const int Version = 2;
}

/// <summary>A process's place in the world of its MPI.</summary>
/// <param name="Rank">Its rank.</param>
/// <param name="Size">Ranks of its world.</param>
/// <param name="Library">Name and version of the MPI.</param>
internal sealed record MpiPlace(int Rank, int Size, string Library);

/// <summary>A process of ranks cannot become what it was started for.</summary>
/// <param name="Token">What it was started with.</param>
/// <param name="Failure">Why.</param>
internal sealed record RankUnfit(string Token, GangFailure Failure);

/// <summary>The process is accepted.</summary>
/// <param name="Run">Its run.</param>
internal sealed record RankAdmitted(RunSetup Run)
{
    /// <summary>Whether it tells what it measures, by <see cref="RankMeasured"/>.</summary>
    public bool Measures { get; init; }
}

/// <summary>The process ends at once, with this exit code.</summary>
/// <param name="ExitCode">0 where its ranks have ended as they should.</param>
internal sealed record LeaveNow(int ExitCode);
