namespace Cairn.Actors.Tests.Conformance;

/// <summary>What a <see cref="Scripted"/> actor does; hooks that are null do what the base class does.</summary>
internal sealed record Script
{
    /// <summary>Takes a message, or does not.</summary>
    public Func<Scripted, object, bool>? OnMessage { get; init; }

    public Action<Scripted>? OnConstruct { get; init; }

    public Action<Scripted>? OnPreStart { get; init; }

    public Action<Scripted>? OnPostStop { get; init; }

    public Action<Scripted, Exception, object?>? OnPreRestart { get; init; }

    public Action<Scripted, Exception>? OnPostRestart { get; init; }

    public SupervisorStrategy? Strategy { get; init; }

    /// <summary>Where hooks report to, as texts: pre-start, post-stop, pre-restart MESSAGE, post-restart.</summary>
    public IActorRef? Journal { get; init; }

    public string Name { get; init; } = "";
}
