using Cairn.Storage.Sessions;

namespace Cairn.Storage.Tests.Sessions;

public sealed class LineageTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 16, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_epochs_all_rows_count_in_the_order_of_their_sequence()
    {
        SessionNode[] rows = [Row("c", 0, 3, "b", 1), Row("a", 0, 1, null, 5), Row("b", 0, 2, "a", 3)];

        Assert.Equal(["a", "b", "c"], Ids(rows, []));
    }

    [Fact]
    public void Rows_without_a_sequence_follow_their_clock()
    {
        SessionNode[] rows = [Row("second", 0, null, null, 2), Row("first", 0, null, null, 1)];

        Assert.Equal(["first", "second"], Ids(rows, []));
    }

    [Fact]
    public void What_a_superseded_epoch_writes_after_the_new_base_does_not_count()
    {
        SessionNode[] rows = [Row("a", 1, 1, null, 1), Row("b", 1, 2, "a", 2), Row("zombie", 1, 3, "b", 9), Row("c", 2, 3, "b", 4)];

        Assert.Equal(["a", "b", "c"], Ids(rows, [Epoch(1, null, 0), Epoch(2, rows[1], 3)]));
    }

    [Fact]
    public void An_epoch_without_sessions_still_cuts_off_what_is_not_its_base()
    {
        SessionNode[] rows = [Row("a", 1, 1, null, 1), Row("b", 1, 2, "a", 2)];

        Assert.Equal(["a"], Ids(rows, [Epoch(1, null, 0), Epoch(2, rows[0], 3)]));
        Assert.Empty(Ids(rows, [Epoch(1, null, 0), Epoch(2, null, 3)]));
    }

    [Fact]
    public void A_damaged_record_is_made_good_by_the_parent_of_its_first_session()
    {
        SessionNode[] rows = [Row("a", 1, 1, null, 1), Row("b", 1, 2, "a", 2), Row("c", 2, 3, "a", 4)];
        var damaged = new EpochRecord(2, null, null, null, "", 0, DateTimeOffset.MaxValue, Readable: false);

        Assert.Equal(["a", "c"], Ids(rows, [Epoch(1, null, 0), damaged]));
        Assert.Equal(["a", "b"], Ids(rows[..2], [Epoch(1, null, 0), damaged]));
    }

    [Fact]
    public void What_the_original_wrote_after_the_newest_session_counts()
    {
        SessionNode[] rows =
        [
            Row("a", 1, 1, null, 1), Row("b", 2, 2, "a", 4), Row("original", 0, null, null, 6), Row("late", 1, 2, "a", 7),
        ];

        Assert.Equal(["a", "b", "original"], Ids(rows, [Epoch(1, null, 0), Epoch(2, rows[0], 3)]));
    }

    /// <summary>Gangs start from the newest session or further back, write, and live on as zombies that write after they were superseded;
    /// some of the sessions become unreadable. The selection is always the line that a bookkeeper with full knowledge drew, less what
    /// cannot be read.</summary>
    [Fact]
    public void Ten_thousand_seeded_schedules_select_the_bookkeepers_line()
    {
        for (var seed = 0; seed < 10_000; seed++)
        {
            var world = new World(new Random(seed));
            world.Run();
            var found = Lineage.Select(world.Readable, world.Epochs).Select(n => n.Id).ToList();
            Assert.True(
                found.SequenceEqual(world.ReadableLine),
                $"seed {seed}: found {string.Join(' ', found)}; expected {string.Join(' ', world.ReadableLine)}");
        }
    }

    private static SessionNode Row(string id, int epoch, long? sequence, string? parent, int minute) =>
        new(id, epoch, sequence, parent, Start.AddMinutes(minute));

    private static EpochRecord Epoch(int number, SessionNode? from, int minute) =>
        new(number, from?.Id, from?.Epoch, from?.Sequence, "host", 1, Start.AddMinutes(minute));

    private static IEnumerable<string> Ids(IReadOnlyList<SessionNode> rows, IReadOnlyList<EpochRecord> epochs) =>
        Lineage.Select(rows, epochs).Select(n => n.Id);

    private sealed class World(Random random)
    {
        private readonly List<SessionNode> _all = [];
        private readonly List<(int Epoch, long Sequence, string? Parent)> _gangs = [];
        private readonly HashSet<string> _unreadable = [];
        private List<SessionNode> _line = [];
        private int _minute;

        public List<EpochRecord> Epochs { get; } = [];

        public IReadOnlyList<SessionNode> Readable
        {
            get
            {
                var nodes = _all.Where(n => !_unreadable.Contains(n.Id)).ToArray();
                random.Shuffle(nodes);
                return nodes;
            }
        }

        public IEnumerable<string> ReadableLine => _line.Select(n => n.Id).Where(id => !_unreadable.Contains(id));

        public void Run()
        {
            for (var i = random.Next(4); i > 0; i--)
                Plain();

            for (var i = random.Next(1, 6); i > 0; i--)
            {
                BeginEpoch();
                for (var j = random.Next(6); j > 0; j--)
                    Write(random.Next(4) == 0 ? random.Next(_gangs.Count) : _gangs.Count - 1);

                if (random.Next(6) == 0)
                    Plain();
            }

            // What the original wrote has no number of its own in line, so where others refer to it, it stays readable here.
            var referred = Epochs.Select(e => e.Base).Concat(_all.Select(n => n.Parent)).ToHashSet();
            _unreadable.UnionWith(_all
                .Where(n => random.Next(6) == 0 && (n.Sequence is not null || !referred.Contains(n.Id)))
                .Select(n => n.Id));
        }

        private void Plain() => Append(new SessionNode($"plain{_all.Count}", 0, null, null, Start.AddMinutes(++_minute)), true);

        private void BeginEpoch()
        {
            var back = _line.Count > 0 && random.Next(3) == 0 ? random.Next(_line.Count + 1) : 0;
            _line = _line[..^back];
            var from = _line.LastOrDefault();
            var number = Epochs.Count == 0 ? 1 : Epochs[^1].Epoch + random.Next(1, 3);
            Epochs.Add(new EpochRecord(number, from?.Id, from?.Epoch, from?.Sequence, "host", 1, Start.AddMinutes(++_minute)));
            _gangs.Add((number, _all.Max(n => n.Sequence) ?? 0, from?.Id));
        }

        private void Write(int gang)
        {
            var (epoch, sequence, parent) = _gangs[gang];
            var node = new SessionNode($"e{epoch}s{sequence + 1}", epoch, sequence + 1, parent, Start.AddMinutes(++_minute));
            _gangs[gang] = (epoch, sequence + 1, node.Id);
            Append(node, gang == _gangs.Count - 1);
        }

        private void Append(SessionNode node, bool counts)
        {
            _all.Add(node);
            if (counts)
                _line.Add(node);
        }
    }
}
