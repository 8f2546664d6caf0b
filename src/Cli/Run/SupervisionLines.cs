using System.Globalization;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>Supervision events as text, one line each.</summary>
internal static class SupervisionLines
{
    /// <summary>The line of an event; null for other kinds of events.</summary>
    public static string? Describe(RunEvent runEvent) => runEvent switch
    {
        RankFailed e => $"{e.Batch}: {Who(e)} failed{Where(e)}: {e.Cause}",
        RestartPlanned e => $"{e.Batch}: starts again in {Seconds(e.Pause)} s ({e.Reason})",
        SessionAborted e => $"{e.Batch}: no session at lead time {LeadTimeText.Of(e.LeadTime)}, the older one stays: {e.Cause}",
        ResumeVerified { IsExact: true } e => $"{e.Batch}: verified bit-exact at lead time {LeadTimeText.Of(e.LeadTime)}",
        ResumeVerified e => $"{e.Batch}: NOT bit-exact at lead time {LeadTimeText.Of(e.LeadTime)}: largest difference {Difference(e)}",
        MemberDropped e => $"{e.Batch}: {Member(e, e.Member)} is dropped at lead time {LeadTimeText.Of(e.LeadTime)}; the others continue",
        MemberRedrawn e => $"{e.Batch}: {Member(e, e.Member)} starts over with draw {e.Draw}",
        BatchPaused e => $"{e.Batch}: waits at lead time {LeadTimeText.Of(e.LeadTime)}",
        BatchResumed e => $"{e.Batch}: goes on",
        _ => null,
    };

    private static string Who(RankFailed e) => (e.Rank, e.Member) switch
    {
        (_, { } member) => Member(e, member),
        ({ } rank, _) => $"rank {rank}",
        _ => "the gang",
    };

    /// <summary>The line begins with the batch, which names the initial time.</summary>
    private static string Member(RunEvent e, int number) => $"member {e.Batch?.MemberOf(number) ?? number}";

    private static string Where(RankFailed e) => e.LeadTime is { } leadTime ? $" before lead time {LeadTimeText.Of(leadTime)}" : "";

    private static string Seconds(TimeSpan pause) => pause.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Difference(ResumeVerified e) => e.Difference.ToString("G6", CultureInfo.InvariantCulture);
}
