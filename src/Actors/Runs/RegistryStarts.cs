using Akka.Persistence;

namespace Cairn.Actors.Runs;

/// <summary>A registry began: a seed was started, or took over from another one. <c>registry-began</c></summary>
/// <param name="At">When, UTC.</param>
public sealed record RegistryBegan(DateTimeOffset At);

/// <summary>When registries began, this one included; from <see cref="RegistryStarts"/> to its registry.</summary>
/// <param name="Times">The oldest first.</param>
internal sealed record RegistriesBegan(IReadOnlyList<DateTimeOffset> Times) : INoSerializationVerificationNeeded;

/// <summary>
/// Records when registries started, so that users can see later what happened. It has its own journal, and nothing waits for it: one
/// that can be read but not written keeps no registry from answering.
/// </summary>
internal sealed class RegistryStarts : ReceivePersistentActor
{
    private const int MostTold = 200;
    private readonly List<DateTimeOffset> _times = [];

    public RegistryStarts(TimeProvider time)
    {
        Recover<RegistryBegan>(began => _times.Add(began.At));
        Recover<RecoveryCompleted>(_ => Persist(new RegistryBegan(time.GetUtcNow()), began =>
        {
            _times.Add(began.At);
            Context.Parent.Tell(new RegistriesBegan([.. _times.TakeLast(MostTold)]));
        }));
    }

    public override string PersistenceId => "registry-starts";

    public static Props Props(TimeProvider time) => Akka.Actor.Props.Create(() => new RegistryStarts(time));
}
