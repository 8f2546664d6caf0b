namespace Cairn.ActorKernel.Actor;

/// <summary>What a supervisor does about a failed child.</summary>
public enum Directive
{
    /// <summary>The child goes on with its next message, its state kept.</summary>
    Resume,

    /// <summary>The child is made anew and goes on with its next message; handle and queue are kept.</summary>
    Restart,

    /// <summary>The supervisor fails itself, with the same exception.</summary>
    Escalate,

    /// <summary>The child is stopped.</summary>
    Stop,
}
