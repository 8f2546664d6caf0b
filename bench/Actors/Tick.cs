namespace Cairn.Bench.Actors;

/// <summary>The one message; there is one instance, so that the engine's allocations are measured and not the message's.</summary>
internal sealed class Tick
{
    public static readonly Tick Instance = new();
}
