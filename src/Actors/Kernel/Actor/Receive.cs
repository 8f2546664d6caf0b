namespace Cairn.ActorKernel.Actor;

/// <summary>A behaviour. It answers whether it has handled the message.</summary>
public delegate bool Receive(object message);
