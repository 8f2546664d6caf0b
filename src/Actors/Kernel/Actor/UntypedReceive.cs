namespace Cairn.ActorKernel.Actor;

/// <summary>A behaviour that takes every message.</summary>
public delegate void UntypedReceive(object message);
