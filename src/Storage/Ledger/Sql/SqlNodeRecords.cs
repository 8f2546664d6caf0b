using System.Text.Json;

namespace Cairn.Storage.Ledger.Sql;

internal sealed class NodeRecord
{
    public string NodeId { get; set; } = "";

    public string Host { get; set; } = "";

    public int Pid { get; set; }

    public string Version { get; set; } = "";

    public int Slots { get; set; }

    public string Devices { get; set; } = "";

    public string Labels { get; set; } = "";

    public long IsDraining { get; set; }

    public long HasLeft { get; set; }

    public double? Load { get; set; }

    public long RegisteredAt { get; set; }

    public long LeaseMs { get; set; }

    public long SinceHeartbeat { get; set; }

    public int Leases { get; set; }

    public int UsedSlots { get; set; }

    public NodeRow ToRow() => new(new(NodeId, Host, Pid, Version, Slots, Names(Devices), Names(Labels)), State, Leases, UsedSlots,
        Load ?? double.NaN, TimeSpan.FromMilliseconds(SinceHeartbeat), LedgerTime.Utc(RegisteredAt));

    private NodeState State => HasLeft != 0 ? NodeState.Left
        : SinceHeartbeat > LeaseMs ? NodeState.Lost
        : IsDraining != 0 ? NodeState.Draining
        : NodeState.Up;

    private static string[] Names(string json) => JsonSerializer.Deserialize<string[]>(json) ?? [];
}

/// <summary>A line of a heartbeat's answer: one for each lease that was renewed, or one without a batch.</summary>
internal sealed class HeartbeatLine
{
    public long IsDraining { get; set; }

    public string? RunId { get; set; }

    public int? First { get; set; }

    public int? Epoch { get; set; }

    public long? CancelRequested { get; set; }

    public bool Waiting { get; set; }

    public long? NextLapse { get; set; }
}

/// <summary>A batch that is leased, or was until its lease ran out.</summary>
internal sealed class HeldBatch
{
    public string RunId { get; set; } = "";

    public int First { get; set; }

    public int Last { get; set; }

    public string Node { get; set; } = "";

    public int Epoch { get; set; }

    public int Losses { get; set; }

    public int QuarantineAfter { get; set; }

    public long CancelRequested { get; set; }

    public BatchKey Key => new(RunId, First);
}

/// <summary>What a claim found out of order.</summary>
internal sealed class ClaimOrder
{
    public bool IsWelcome { get; set; }

    public bool HasLapsed { get; set; }

    public bool HasClosings { get; set; }

    public bool HasStrays { get; set; }
}

/// <summary>A batch that was claimed.</summary>
internal sealed class ClaimedLine
{
    public string RunId { get; set; } = "";

    public int First { get; set; }

    public int Last { get; set; }

    public int Slots { get; set; }

    public int Epoch { get; set; }

    public int Attempt { get; set; }

    public string? NewestSession { get; set; }

    public long? LeadTime { get; set; }

    public string RunName { get; set; } = "";

    public string Spec { get; set; } = "";

    public long CancelRequested { get; set; }
}

/// <summary>What became of an attempt.</summary>
internal sealed class EndedLine
{
    public string? Outcome { get; set; }

    public string? Closing { get; set; }
}

internal sealed class FailedBatch
{
    public int First { get; set; }

    public int Last { get; set; }

    public string Error { get; set; } = "";
}
