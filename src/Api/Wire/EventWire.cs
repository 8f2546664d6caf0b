using System.Text.Json;
using Cairn.Storage.Ledger;

namespace Cairn.Api.Wire;

/// <summary>Something that happened to a run.</summary>
/// <param name="Number">Growing, with gaps: what <c>Last-Event-ID</c> is.</param>
/// <param name="Run">The run.</param>
/// <param name="Part">What it concerns; null for the run as a whole.</param>
/// <param name="First">The batch's first member; null where it is not about members.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Node">The node that it happened on, or null.</param>
/// <param name="Kind">What, in a few words.</param>
/// <param name="Detail">Whatever more there is to say.</param>
public sealed record EventWire(
    long Number, string? Run, Part? Part, int? First, DateTimeOffset At, string? Node, string Kind, JsonElement Detail);

/// <summary>The last message of a stream of events.</summary>
/// <param name="State">How the run ended.</param>
public sealed record StreamEnd(RunState State);
