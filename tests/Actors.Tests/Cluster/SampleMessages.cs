using System.Text.Json.Serialization;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>Messages as a part of Cairn would list them, with every kind of member.</summary>
internal static class SampleMessages
{
    public static MessageList List { get; } = new(
        SampleMessagesJson.Default,
        MessageManifest.Of<SampleOrder>("sample-order"),
        MessageManifest.Of<SampleReport>("sample-report", version: 3)
            .Reading(2, o =>
            {
                o["leadTime"] = TimeSpan.FromHours((double)o["hours"]!).ToString("c");
                return o;
            })
            .Reading(1, o =>
            {
                o["hours"] = (double)o["minutes"]! / 60;
                return o;
            }),
        MessageManifest.Of<SampleEvent>("sample-event"));

    public static MessageTable Table { get; } = new(List);
}

internal enum SampleKind
{
    Plain,
    HalfDone,
}

/// <param name="Key">Added later: an older writer leaves it out.</param>
internal sealed record SampleOrder(
    string Run, int Epoch, SampleKind Kind, IActorRef ReplyTo, double? Rate, IReadOnlyList<SamplePlace> Places, string? Key = null);

internal readonly record struct SamplePlace(int First, int Last)
{
    public int Count => Last - First + 1;
}

internal sealed record SampleReport(string Run, TimeSpan LeadTime, DateTimeOffset At);

internal sealed record SampleEvent(SampleFact Fact, IReadOnlyDictionary<string, long> Counts);

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SampleStarted), "started")]
[JsonDerivedType(typeof(SampleFailed), "failed")]
internal abstract record SampleFact
{
    public SamplePlace? Place { get; init; }
}

internal sealed record SampleStarted(int Epoch) : SampleFact;

internal sealed record SampleFailed(string Cause, byte[] Digest) : SampleFact;

/// <summary>In no list.</summary>
internal sealed record Unlisted(int Value);

[JsonSerializable(typeof(SampleOrder))]
[JsonSerializable(typeof(SampleReport))]
[JsonSerializable(typeof(SampleEvent))]
internal sealed partial class SampleMessagesJson : JsonSerializerContext;
