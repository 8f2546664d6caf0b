namespace Cairn.ActorKernel.Actor;

/// <summary>Marks messages that do not start the receive timeout anew.</summary>
public interface INotInfluenceReceiveTimeout;
