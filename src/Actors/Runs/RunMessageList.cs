using System.Text.Json.Serialization;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Runs;

/// <summary>Messages of runs, grants and nodes, and events in journals, by their permanent names.</summary>
internal static class RunMessageList
{
    public static MessageList Commands { get; } = new(
        RunMessagesJson.Default,
        MessageManifest.Of<SubmitRun>("submit-run"),
        MessageManifest.Of<RunAccepted>("run-accepted"),
        MessageManifest.Of<RunRefused>("run-refused"),
        MessageManifest.Of<CheckSpec>("check-spec"),
        MessageManifest.Of<SpecChecked>("spec-checked"),
        MessageManifest.Of<CancelRun>("cancel-run"),
        MessageManifest.Of<RetryRun>("retry-run"),
        MessageManifest.Of<PauseRun>("pause-run"),
        MessageManifest.Of<ResumeRun>("resume-run"),
        MessageManifest.Of<CommitRun>("commit-run"),
        MessageManifest.Of<CommandAccepted>("run-told"),
        MessageManifest.Of<NoSuchRun>("no-such-run"),
        MessageManifest.Of<NotApplicable>("not-applicable"),
        MessageManifest.Of<RegistryUnavailable>("registry-away"),
        MessageManifest.Of<DrainNode>("drain-node"),
        MessageManifest.Of<DrainAccepted>("node-told"),
        MessageManifest.Of<NoSuchNode>("no-such-node"),
        MessageManifest.Of<ListRuns>("list-runs"),
        MessageManifest.Of<RunList>("run-list"),
        MessageManifest.Of<DescribeRun>("describe-run"),
        MessageManifest.Of<RunDescription>("run-description"),
        MessageManifest.Of<ListBatches>("list-batches"),
        MessageManifest.Of<BatchList>("batch-list"),
        MessageManifest.Of<ListNodes>("list-nodes"),
        MessageManifest.Of<NodeList>("node-list"),
        MessageManifest.Of<TakeFigures>("take-figures"),
        MessageManifest.Of<RegistryFigures>("registry-figures"),
        MessageManifest.Of<WatchRun>("watch-run"),
        MessageManifest.Of<RunHappened>("run-happened"),
        MessageManifest.Of<RunFinished>("run-finished"));

    public static MessageList Grants { get; } = new(
        RunMessagesJson.Default,
        MessageManifest.Of<Grant>("grant"),
        MessageManifest.Of<OpeningGrant>("opening-grant"),
        MessageManifest.Of<ClosingGrant>("closing-grant"),
        MessageManifest.Of<BatchReport>("batch-report"),
        MessageManifest.Of<OpeningReport>("opening-report"),
        MessageManifest.Of<OpeningRefused>("opening-refused"),
        MessageManifest.Of<ClosingReport>("closing-report"),
        MessageManifest.Of<ReportAcknowledged>("report-acknowledged"),
        MessageManifest.Of<RequestEpoch>("request-epoch"),
        MessageManifest.Of<EpochGranted>("epoch-granted"),
        MessageManifest.Of<GrantWithdrawn>("grant-withdrawn"),
        MessageManifest.Of<BatchCommand>("batch-command"),
        MessageManifest.Of<BatchProgress>("batch-progress"),
        MessageManifest.Of<NodeHello>("node-hello"),
        MessageManifest.Of<NodeKnown>("node-known"),
        MessageManifest.Of<NodeDismissed>("node-dismissed"),
        MessageManifest.Of<NodeDrain>("node-drain"),
        MessageManifest.Of<NodeLeaves>("node-leaves"),
        MessageManifest.Of<NodeRemoved>("node-removed"),
        MessageManifest.Of<NodeSilent>("node-silent"),
        MessageManifest.Of<NodeHeard>("node-heard"));

    public static MessageList Journal { get; } = new(
        RunMessagesJson.Default,
        MessageManifest.Of<RunSubmitted>("run-submitted"),
        MessageManifest.OfJournal<RunOpened>("run-opened"),
        MessageManifest.Of<BatchGranted>("batch-granted"),
        MessageManifest.Of<AttemptBegun>("attempt-begun"),
        MessageManifest.Of<SessionReported>("session-reported"),
        MessageManifest.Of<AttemptEnded>("attempt-ended"),
        MessageManifest.Of<BatchQuarantined>("batch-quarantined"),
        MessageManifest.Of<BatchDropped>("batch-dropped"),
        MessageManifest.Of<BatchTakenUp>("batch-taken-up"),
        MessageManifest.Of<RunPaused>("run-paused"),
        MessageManifest.Of<RunResumed>("run-resumed"),
        MessageManifest.Of<RunCancelled>("run-cancelled"),
        MessageManifest.Of<RunRetried>("run-retried"),
        MessageManifest.Of<RunClosed>("run-closed"),
        MessageManifest.Of<RunNoted>("run-noted"),
        MessageManifest.Of<DeadlineChanged>("deadline-changed"),
        MessageManifest.Of<DeadlineTold>("deadline-told"),
        MessageManifest.Of<RegistryBegan>("registry-began"),
        MessageManifest.Of<RunEntered>("run-entered"),
        MessageManifest.Of<RunLeft>("run-left"),
        MessageManifest.Of<RunReturned>("run-returned"),
        MessageManifest.OfJournal<PackedSnapshot>("snapshot"));
}

[JsonSerializable(typeof(SubmitRun)), JsonSerializable(typeof(RunAccepted)), JsonSerializable(typeof(RunRefused))]
[JsonSerializable(typeof(CheckSpec)), JsonSerializable(typeof(SpecChecked)), JsonSerializable(typeof(CancelRun))]
[JsonSerializable(typeof(RetryRun)), JsonSerializable(typeof(PauseRun)), JsonSerializable(typeof(ResumeRun))]
[JsonSerializable(typeof(CommitRun)), JsonSerializable(typeof(CommandAccepted)), JsonSerializable(typeof(NoSuchRun))]
[JsonSerializable(typeof(NotApplicable)), JsonSerializable(typeof(RegistryUnavailable)), JsonSerializable(typeof(DrainNode))]
[JsonSerializable(typeof(DrainAccepted)), JsonSerializable(typeof(NoSuchNode)), JsonSerializable(typeof(ListRuns))]
[JsonSerializable(typeof(RunList)), JsonSerializable(typeof(DescribeRun)), JsonSerializable(typeof(RunDescription))]
[JsonSerializable(typeof(ListBatches)), JsonSerializable(typeof(BatchList)), JsonSerializable(typeof(ListNodes))]
[JsonSerializable(typeof(NodeList)), JsonSerializable(typeof(TakeFigures)), JsonSerializable(typeof(RegistryFigures))]
[JsonSerializable(typeof(WatchRun)), JsonSerializable(typeof(RunHappened)), JsonSerializable(typeof(RunFinished))]
[JsonSerializable(typeof(Grant)), JsonSerializable(typeof(OpeningGrant)), JsonSerializable(typeof(ClosingGrant))]
[JsonSerializable(typeof(BatchReport)), JsonSerializable(typeof(OpeningReport)), JsonSerializable(typeof(OpeningRefused))]
[JsonSerializable(typeof(ClosingReport)), JsonSerializable(typeof(ReportAcknowledged)), JsonSerializable(typeof(RequestEpoch))]
[JsonSerializable(typeof(EpochGranted)), JsonSerializable(typeof(GrantWithdrawn)), JsonSerializable(typeof(BatchCommand))]
[JsonSerializable(typeof(BatchProgress)), JsonSerializable(typeof(NodeHello)), JsonSerializable(typeof(NodeKnown))]
[JsonSerializable(typeof(NodeDismissed)), JsonSerializable(typeof(NodeDrain)), JsonSerializable(typeof(NodeLeaves))]
[JsonSerializable(typeof(NodeRemoved)), JsonSerializable(typeof(NodeSilent)), JsonSerializable(typeof(NodeHeard))]
[JsonSerializable(typeof(RunSubmitted)), JsonSerializable(typeof(RunOpened)), JsonSerializable(typeof(BatchGranted))]
[JsonSerializable(typeof(AttemptBegun)), JsonSerializable(typeof(SessionReported)), JsonSerializable(typeof(AttemptEnded))]
[JsonSerializable(typeof(BatchQuarantined)), JsonSerializable(typeof(RunPaused)), JsonSerializable(typeof(RunResumed))]
[JsonSerializable(typeof(RunCancelled)), JsonSerializable(typeof(RunRetried)), JsonSerializable(typeof(RunClosed))]
[JsonSerializable(typeof(RunNoted)), JsonSerializable(typeof(DeadlineChanged)), JsonSerializable(typeof(DeadlineTold))]
[JsonSerializable(typeof(BatchDropped)), JsonSerializable(typeof(BatchTakenUp)), JsonSerializable(typeof(RegistryBegan))]
[JsonSerializable(typeof(RunEntered)), JsonSerializable(typeof(RunLeft)), JsonSerializable(typeof(RunReturned))]
[JsonSerializable(typeof(PackedSnapshot))]
internal sealed partial class RunMessagesJson : JsonSerializerContext;
