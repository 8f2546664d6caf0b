namespace Cairn.ActorKernel.Event;

/// <summary>Marks messages that nobody misses when they cannot be delivered.</summary>
public interface IDeadLetterSuppression;
