namespace Cairn.ActorKernel.Actor;

/// <summary>An actor with a stash.</summary>
public interface IActorStash
{
    /// <summary>Set by the system after the constructor, before <c>PreStart</c>.</summary>
    IStash Stash { get; set; }
}
