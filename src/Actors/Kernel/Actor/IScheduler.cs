namespace Cairn.ActorKernel.Actor;

/// <summary>The scheduler of a system. It stops with the system.</summary>
public interface IScheduler : ITellScheduler, ITimeProvider;
