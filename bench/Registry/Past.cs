using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Cairn.Actors.Cluster;
using Cairn.Actors.Runs;
using Cairn.Engine.Rollouts;

namespace Cairn.Bench.Registry;

/// <summary>
/// Writes into the journals of runs that were submitted what their keepers would have written, had so many batches been carried out.
/// </summary>
internal static class Past
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <param name="settings">The journal; no seed has it open.</param>
    /// <param name="ids">The runs.</param>
    /// <param name="batches">Batches that each is laid out in.</param>
    /// <param name="ended">How many of them have ended, each with one session; the others wait.</param>
    public static async Task WriteAsync(Config settings, IReadOnlyList<string> ids, int batches, int ended)
    {
        using var system = ActorSystem.Create("past", settings.WithFallback(CairnSerializer.Settings));
        foreach (var four in ids.Chunk(4))
        {
            var writers = four.Select(id => system.ActorOf(Props.Create(() => new Writer(id, batches, ended))));
            await Task.WhenAll(writers.Select(writer => writer.Ask<Done>(new Begin(), Patience)));
        }

        await system.Terminate();
    }

    /// <summary>What becomes of a book when so many batches are laid out, and some carried out.</summary>
    /// <param name="book">The run, submitted.</param>
    /// <param name="batches">Batches that it is laid out in.</param>
    /// <param name="ended">How many of them end.</param>
    public static IEnumerable<JournalEvent> Events(RunBook book, int batches, int ended)
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var draw = new Random(batches);
        foreach (var command in Commands(book.Run!.Id, batches, ended, draw, key => book.Find(key)!.Epoch))
        {
            now += TimeSpan.FromTicks(7_654_321);
            foreach (var happened in RunDecisions.Decide(book, command, now).Events)
            {
                book = book.Apply(happened);
                yield return happened;
            }
        }
    }

    private static IEnumerable<object> Commands(string id, int batches, int ended, Random draw, Func<MemberRange, int> epochOf)
    {
        yield return new GrantBatch(RunWork.Opening, [new NodeShare("node-a", "", "node-a", 1)]);
        yield return new OpeningReport(id, 1, 1, [.. Enumerable.Range(0, batches).Select(i => new BatchOnDisk(new(i, i), 0))]);
        for (var i = 0; i < ended; i++)
        {
            var batch = new MemberRange(i, i);
            var node = FormattableString.Invariant($"worker-{i % 100:000}-{(i % 100) * 7919 % 0xffffff:x6}");
            yield return new GrantBatch(batch, [new NodeShare(node, $"akka.ssl.tcp://cairn@{node}:40123#12345678", node, 1)]);
            var epoch = epochOf(batch);
            yield return new BatchReport(id, batch, epoch, 1, new BatchStarted(epoch, -1, TimeSpan.Zero, null));
            var session = FormattableString.Invariant($"commit_{41:00000000}_{draw.NextInt64(1L << 48):x12}");
            yield return new BatchReport(id, batch, epoch, 2, new SessionCommitted(session, 40, TimeSpan.FromHours(240)));
            yield return new BatchReport(id, batch, epoch, 3, new BatchCompleted(480));
        }
    }

    private sealed record Begin : INoSerializationVerificationNeeded;

    private sealed record Done : INoSerializationVerificationNeeded;

    private sealed class Writer : ReceivePersistentActor
    {
        private RunBook _book = RunBook.Empty;

        public Writer(string id, int batches, int ended)
        {
            PersistenceId = $"run-{id}";
            Recover<JournalEvent>(happened => _book = _book.Apply(happened));
            Command<Begin>(_ => Write([.. Events(_book, batches, ended)], 0, 0, Sender));
            CommandAny(static _ => { });
        }

        public override string PersistenceId { get; }

        /// <summary>A thousand at a time, and snapshots as often as a keeper makes them.</summary>
        private void Write(List<JournalEvent> events, int from, int snapshotAt, IActorRef asked)
        {
            var left = Math.Min(1000, events.Count - from);
            var next = from + left;
            PersistAll(events.Skip(from).Take(left), happened =>
            {
                _book = _book.Apply(happened);
                if (--left > 0)
                    return;

                if (next == events.Count)
                {
                    asked.Tell(new Done());
                    return;
                }

                var isDue = next - snapshotAt >= Math.Max(1000, _book.Batches.Count);
                if (isDue)
                    SaveSnapshot(PackedSnapshot.Pack(_book.ToSnapshot()));

                Write(events, next, isDue ? next : snapshotAt, asked);
            });
        }
    }
}
