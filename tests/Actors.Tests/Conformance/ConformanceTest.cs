namespace Cairn.Actors.Tests.Conformance;

/// <summary>
/// A system and a probe for one test. These tests use the common part of the kernel's and Akka.NET's API alone, and hold on both.
/// </summary>
public abstract class ConformanceTest : IAsyncLifetime
{
    protected ConformanceTest() => Probe = new Probe(System);

    protected ActorSystem System { get; } = ActorSystem.Create("conformance");

    private protected Probe Probe { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => System.Terminate().WaitAsync(Probe.Patience);

    /// <summary>Creates an actor that a test steers by closures.</summary>
    private protected IActorRef Create(Script script, string? name = null) => System.ActorOf(Scripted.Props(script), name);
}
