using Akka.Persistence;
using Akka.Persistence.TestKit;

namespace Cairn.Actors.Tests.Runs;

/// <summary>A journal in memory that fails, refuses or hangs when it is told to.</summary>
internal static class FailingJournal
{
    /// <summary>Settings of a system that has it.</summary>
    public const string Settings = """
        akka.persistence.journal {
          plugin = "akka.persistence.journal.test"
          test {
            class = "Akka.Persistence.TestKit.TestJournal, Akka.Persistence.TestKit"
            plugin-dispatcher = "akka.actor.default-dispatcher"
          }
        }
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        akka.test.single-expect-default = 30s

        """;

    /// <summary>That of a system.</summary>
    public static ITestJournal Of(ActorSystem system) => TestJournal.FromRef(Persistence.Instance.Apply(system).JournalFor(null));
}
