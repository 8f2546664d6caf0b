using System.Text.Json.Serialization;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Ranks;

/// <summary>The messages between a node and its processes of ranks, by their names on the wire.</summary>
internal static class RankMessageList
{
    public static MessageList List { get; } = new(
        RankJson.Default,
        MessageManifest.Of<RankHello>("rank-hello"),
        MessageManifest.Of<RankInitFailed>("rank-unfit"),
        MessageManifest.Of<RankAdmitted>("rank-admitted"),
        MessageManifest.Of<RankMeasured>("rank-measured"),
        MessageManifest.Of<ExitProcess>("rank-leave-now"),
        MessageManifest.Of<StartGang>("gang-start"),
        MessageManifest.Of<RanksReady>("gang-ranks-ready"),
        MessageManifest.Of<GangLost>("gang-lost"),
        MessageManifest.Of<EndGang>("gang-end"),
        MessageManifest.Of<GangEnded>("gang-gone"),
        MessageManifest.Of<RankOrder.Begin>("rank-order-begin"),
        MessageManifest.Of<RankOrder.Permit>("rank-order-permit"),
        MessageManifest.Of<RankOrder.Halt>("rank-order-halt"),
        MessageManifest.Of<RankOrder.Commit>("rank-order-commit"),
        MessageManifest.Of<RankOrder.Verdict>("rank-order-verdict"),
        MessageManifest.Of<RankReport.Reached>("rank-reached"),
        MessageManifest.Of<RankReport.Waiting>("rank-waiting"),
        MessageManifest.Of<RankReport.Staged>("rank-staged"),
        MessageManifest.Of<RankReport.StagingFailed>("rank-staging-failed"),
        MessageManifest.Of<RankReport.Verified>("rank-verified"),
        MessageManifest.Of<RankReport.Warned>("rank-warned"),
        MessageManifest.Of<RankReport.Ended>("rank-ended"),
        MessageManifest.Of<RankReport.Failed>("rank-failed"));
}

[JsonSerializable(typeof(RankHello)), JsonSerializable(typeof(RankInitFailed)), JsonSerializable(typeof(RankAdmitted))]
[JsonSerializable(typeof(RankMeasured)), JsonSerializable(typeof(ExitProcess)), JsonSerializable(typeof(StartGang))]
[JsonSerializable(typeof(RanksReady)), JsonSerializable(typeof(GangLost)), JsonSerializable(typeof(EndGang))]
[JsonSerializable(typeof(GangEnded)), JsonSerializable(typeof(RankOrder.Begin), TypeInfoPropertyName = "OrderBegin")]
[JsonSerializable(typeof(RankOrder.Permit), TypeInfoPropertyName = "OrderPermit")]
[JsonSerializable(typeof(RankOrder.Halt), TypeInfoPropertyName = "OrderHalt")]
[JsonSerializable(typeof(RankOrder.Commit), TypeInfoPropertyName = "OrderCommit")]
[JsonSerializable(typeof(RankOrder.Verdict), TypeInfoPropertyName = "OrderVerdict")]
[JsonSerializable(typeof(RankReport.Reached), TypeInfoPropertyName = "ReportReached")]
[JsonSerializable(typeof(RankReport.Waiting), TypeInfoPropertyName = "ReportWaiting")]
[JsonSerializable(typeof(RankReport.Staged), TypeInfoPropertyName = "ReportStaged")]
[JsonSerializable(typeof(RankReport.StagingFailed), TypeInfoPropertyName = "ReportStagingFailed")]
[JsonSerializable(typeof(RankReport.Verified), TypeInfoPropertyName = "ReportVerified")]
[JsonSerializable(typeof(RankReport.Warned), TypeInfoPropertyName = "ReportWarned")]
[JsonSerializable(typeof(RankReport.Ended), TypeInfoPropertyName = "ReportEnded")]
[JsonSerializable(typeof(RankReport.Failed), TypeInfoPropertyName = "ReportFailed")]
internal sealed partial class RankJson : JsonSerializerContext;
