using Cairn.Actors.Members;
using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>What a node and the processes of its ranks tell each other over a control socket.</summary>
internal abstract record WireMessage
{
    /// <summary>The version of all of this: both ends must be of one.</summary>
    public const int Version = 1;

    private WireMessage()
    {
    }

    // ------------------------------------------------------------------------------------------------ from the rank's process

    /// <summary>The first message: who it is.</summary>
    /// <param name="Protocol">The <see cref="Version"/> that it speaks.</param>
    /// <param name="Secret">What it was started with.</param>
    /// <param name="Pid">Its process.</param>
    /// <param name="Host">Its host.</param>
    public sealed record Hello(int Protocol, string Secret, int Pid, string Host) : WireMessage;

    /// <summary>MPI has told it which rank it is.</summary>
    /// <param name="Rank">The rank.</param>
    /// <param name="Size">Ranks of its world.</param>
    /// <param name="Library">Name and version of the MPI.</param>
    public sealed record Joined(int Rank, int Size, string Library) : WireMessage;

    /// <summary>It cannot become a rank at all.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record Unfit(GangFailure Failure) : WireMessage;

    /// <summary>What a rank reports.</summary>
    /// <param name="Gang">The gang.</param>
    /// <param name="Said">The report.</param>
    public sealed record Report(int Gang, RankReport Said) : WireMessage;

    /// <summary>A gang that was to stop has.</summary>
    /// <param name="Gang">The gang.</param>
    /// <param name="Clean">Whether all its ranks have ended; else one hangs on.</param>
    public sealed record Stopped(int Gang, bool Clean) : WireMessage;

    // ------------------------------------------------------------------------------------------------------------ to it

    /// <summary>The answer to <see cref="Hello"/>: the run that it is there for.</summary>
    /// <param name="Spec">The resolved spec, as <c>run.json</c> has it.</param>
    /// <param name="SpecDigest">What the numbers' digest must come to in that process too.</param>
    /// <param name="Fingerprint">What the numerics must be in that process too.</param>
    /// <param name="OverMpi">Whether it becomes one rank over MPI; else it takes whole gangs.</param>
    public sealed record Setup(string Spec, string SpecDigest, IReadOnlyDictionary<string, string> Fingerprint, bool OverMpi) : WireMessage;

    /// <summary>A gang begins; over MPI, this process's rank of it does.</summary>
    /// <param name="Gang">What to call it.</param>
    /// <param name="With">What it is started with.</param>
    public sealed record Start(int Gang, GangStart With) : WireMessage;

    /// <summary>An order to a rank.</summary>
    /// <param name="Gang">Its gang.</param>
    /// <param name="Rank">The rank.</param>
    /// <param name="Told">The order.</param>
    public sealed record Order(int Gang, int Rank, RankOrder Told) : WireMessage;

    /// <summary>A gang ends, wherever it stands; over MPI, this process does.</summary>
    /// <param name="Gang">The gang.</param>
    public sealed record Stop(int Gang) : WireMessage;

    /// <summary>There is nothing left to do: the process ends.</summary>
    public sealed record Bye : WireMessage;
}
