using Akka.Cluster;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>
/// One side of a partition, explored through every order in which its seeds notice whom they lost, hear of it from each other, and
/// decide. Sides can't hear of each other, so each is explored on its own.
/// </summary>
internal static class DowningSides
{
    private static readonly DowningSettings AtOnce = new(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>How it can end.</summary>
    /// <param name="Alive">Seeds that stayed.</param>
    /// <param name="GoesOn">Whether they are alone in their cluster, so that their registry grants.</param>
    /// <param name="Removed">Whether anybody was removed.</param>
    internal sealed record End(HashSet<int> Alive, bool GoesOn, bool Removed);

    /// <summary>What one seed knows, as bits of nodes.</summary>
    private readonly record struct Knowledge(int Lost, int Downed, bool Left);

    /// <param name="seeds">How many seeds there are; number 0 is the oldest.</param>
    /// <param name="side">Those of this side.</param>
    /// <param name="workers">How many workers are elsewhere.</param>
    public static List<End> Ends(int seeds, HashSet<int> side, int workers)
    {
        var elsewhere = Enumerable.Range(0, seeds).Where(s => !side.Contains(s)).Concat(Enumerable.Range(seeds, workers)).ToArray();
        var mine = side.Order().ToArray();
        var first = new Knowledge[mine.Length];
        var decided = new Dictionary<(Knowledge, int), Knowledge>();
        var seen = new HashSet<string> { Key(seeds, first) };
        var open = new Stack<Knowledge[]>([first]);
        var ends = new List<End>();
        while (open.TryPop(out var now))
        {
            var next = Steps(mine, elsewhere, now, Decide).Where(s => !s.SequenceEqual(now)).ToList();
            if (next.Count == 0)
                ends.Add(EndOf(mine, elsewhere, now));

            foreach (var step in next.Where(s => seen.Add(Key(seeds, s))))
                open.Push(step);
        }

        return ends;

        Knowledge Decide(Knowledge known, int self)
        {
            if (!decided.TryGetValue((known, self), out var after))
                decided[(known, self)] = after = Decided(seeds, mine, elsewhere, known, self);

            return after;
        }
    }

    public static DowningMember Member(int number, bool isSeed, TimeSpan? lostFor, MemberStatus status = MemberStatus.Up) =>
        new(new UniqueAddress(new Address("akka", "cluster", "node", number + 1), number + 1), isSeed, number, status, lostFor);

    private static IEnumerable<Knowledge[]> Steps(
        int[] mine, int[] elsewhere, Knowledge[] now, Func<Knowledge, int, Knowledge> decide)
    {
        for (var s = 0; s < mine.Length; s++)
        {
            if (now[s].Left)
                continue;

            foreach (var node in elsewhere)
                yield return With(now, s, now[s] with { Lost = now[s].Lost | (1 << node) });

            for (var other = 0; other < mine.Length; other++)
            {
                var told = now[other];
                var left = told.Left ? 1 << mine[other] : 0;
                yield return With(now, s,
                    now[s] with { Lost = now[s].Lost | told.Lost | left, Downed = now[s].Downed | told.Downed | left });
            }

            yield return With(now, s, decide(now[s], mine[s]));
        }
    }

    private static Knowledge Decided(int seeds, int[] mine, int[] elsewhere, Knowledge known, int self)
    {
        var members = mine.Concat(elsewhere)
            .Where(n => !IsRemoved(elsewhere, known, n))
            .Select(n => Member(n, n < seeds, Has(known.Lost, n) ? TimeSpan.Zero : null, Has(known.Downed, n)
                ? MemberStatus.Down : MemberStatus.Up));
        return Downing.Decide(new(Member(self, isSeed: true, null).Node, [.. members]), AtOnce) switch
        {
            DowningDecision.Down down => known with { Downed = down.Nodes.Aggregate(known.Downed, (bits, n) => bits | (1 << (n.Uid - 1))) },
            DowningDecision.Leave => known with { Left = true },
            _ => known,
        };
    }

    /// <summary>Removing takes the consent of all that are not downed, and those elsewhere can't give it.</summary>
    private static bool IsRemoved(int[] elsewhere, Knowledge known, int node) =>
        Has(known.Downed, node) && elsewhere.All(e => Has(known.Downed, e));

    private static End EndOf(int[] mine, int[] elsewhere, Knowledge[] now)
    {
        var alive = Enumerable.Range(0, mine.Length).Where(s => !now[s].Left).ToList();
        var removed = now.Any(k => elsewhere.Length > 0 && elsewhere.All(e => Has(k.Downed, e)));
        return new([.. alive.Select(s => mine[s])], alive.Count > 0 && alive.All(s => elsewhere.All(e => Has(now[s].Downed, e))), removed);
    }

    private static Knowledge[] With(Knowledge[] all, int index, Knowledge changed)
    {
        var copy = (Knowledge[])all.Clone();
        copy[index] = changed;
        return copy;
    }

    private static bool Has(int bits, int node) => (bits & (1 << node)) != 0;

    /// <summary>A state's name. Workers are all alike, so states that differ in which worker is which have one name.</summary>
    private static string Key(int seeds, Knowledge[] all)
    {
        var columns = Enumerable.Range(0, 7).Select(node => (char)all.Aggregate(
            1, (column, k) => (column << 2) | (Has(k.Lost, node) ? 1 : 0) | (Has(k.Downed, node) ? 2 : 0))).ToArray();
        Array.Sort(columns, seeds, columns.Length - seeds);
        return string.Concat(new string(columns), new string([.. all.Select(k => k.Left ? 'l' : 's')]));
    }
}
