using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>Shards that are the entries of a dictionary: a member's state under the member's key.</summary>
public sealed class ShardedEntriesTests
{
    private readonly RecordingFiles _files = new("/data");

    [Fact]
    public void Every_entry_is_a_sharded_field_of_its_own_and_lies_where_entries_of_dictionaries_do()
    {
        using var crew = new Crew(_files, 2);
        crew.Start();
        var session = crew.Catalog.Find(crew.Commit(1));

        Assert.Equal(Crew.Keys.Select(key => $"tests.Batch.members.{key}").Order(), session.Fields.Keys.Order());
        Assert.All(session.Fields.Values, field => Assert.Equal([16, 3], field.GlobalShape));
        Assert.Equal([8, 3], session.Ranks[1].Slices["tests.Batch.members.000001"].Shape);
        Assert.Contains(
            CommitReader.Open(session.Ranks[0].Row, _files).Files!, f => f.Path.EndsWith($"members/{PayloadJson.ShortName("000001")}.npy"));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(1, 4)]
    [InlineData(3, 16)]
    [InlineData(16, 5)]
    [InlineData(2, 2)]
    public void A_session_of_one_number_of_ranks_restores_on_another(int before, int after)
    {
        using (var crew = new Crew(_files, before))
        {
            crew.Start();
            crew.Commit(1);
            crew.Commit(2);
        }

        using var next = new Crew(_files, after, process: 2);
        Assert.Equal(before, next.Start()!.WorldSize);
        Assert.Equal(2, next.Restored());
        Assert.All(next.States, state => Assert.Equal(Crew.Keys.Order(), state.Members.Keys.Order()));
    }

    [Fact]
    public void Only_the_entries_that_are_asked_for_are_read()
    {
        var session = Written(2);
        var counting = new CountingFiles(_files);
        using var opened = Opened(session, 0, 3, counting);
        var wanted = new DomainSlice(Crew.Domain, [2, 0], [4, 3]);

        var state = opened.Bind(new BatchState { Members = new() { ["000001"] = new(wanted) } }).Value;

        Assert.Equal(["000001"], state.Members.Keys);
        Assert.Equal(Gang.Cut(Crew.Member(1, 1), wanted).AsSpan<double>(), state.Members["000001"].Value!.AsSpan<double>());
        Assert.Equal(128 + (4 * 3 * 8), counting.OfArrays);
    }

    [Fact]
    public void An_entry_that_is_wanted_and_was_never_saved_is_named_and_the_state_stays_as_it_was()
    {
        using var opened = Opened(Written(2), 0, 3);
        var state = new BatchState { Members = new() { ["000007"] = new(DomainSlice.Whole(Crew.Domain)) } };

        var e = Assert.Throws<DataException>(() => opened.Bind(state));

        Assert.Contains("tests.Batch.members was saved without the requested entry '000007'", e.Message, StringComparison.Ordinal);
        Assert.Contains("it has 3: '000000', '000001'", e.Message, StringComparison.Ordinal);
        Assert.Equal((0, null), (state.Step, state.Members["000007"].Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Plain_arrays_of_one_rank_are_cut_for_whoever_asks(int worldSize)
    {
        using (var plain = new Checkpoint("test", Options(0, 1)).Open())
        {
            var members = Crew.Keys.Select((key, i) => (key, Whole: Crew.Member(i, 5))).ToDictionary(m => m.key, m => m.Whole);
            plain.Bind(new PlainBatch { Members = members, Step = 5 });
            plain.Bind(new ChunkState { First = 5 });
            plain.Write(TestCatalog.LeadTime(5));
        }

        using var next = new Crew(_files, worldSize, process: 2);
        next.Start();
        Assert.Equal(5, next.Restored());
    }

    [Fact]
    public void Whoever_takes_entries_without_slices_gets_them_whole()
    {
        using var opened = Opened(Written(4), 0, 1);

        var plain = opened.Bind(new PlainBatch()).Value;

        Assert.Equal(Crew.Keys.Order(), plain.Members.Keys.Order());
        Assert.Equal(Crew.Member(2, 1).AsSpan<double>(), plain.Members[Crew.Keys[2]].AsSpan<double>());
    }

    [Fact]
    public void An_entry_that_one_rank_lacks_or_that_leaves_a_gap_makes_no_session()
    {
        using var crew = new Crew(_files, 2);
        crew.Start();
        crew.States[1].Members.Remove("000001");
        var lacking = Assert.Throws<DataException>(() => crew.Commit(1));
        crew.States[1].Members["000001"] = new(new DomainSlice(Crew.Domain, [9, 0], [7, 3]));
        var gap = Assert.Throws<DataException>(() => crew.Commit(2));

        Assert.Contains("Rank 1 holds no part of the field tests.Batch.members.000001", lacking.Message, StringComparison.Ordinal);
        Assert.Contains("tests.Batch.members.000001 do not make up its domain: 3 of 48", gap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_deeper_than_in_a_dictionary_of_the_state_itself_is_refused()
    {
        var e = Assert.Throws<CheckpointSerializationException>(() => StateCapture.Capture(new DeepState
        {
            Batches = new() { ["a"] = new() { ["b"] = new Shard<NdArray>(DomainSlice.Whole([1]), NdArray.From([1.0], 1)) } },
        }));

        Assert.Contains("in one that is a dictionary of shards, not deeper", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_entries_that_would_go_by_one_name_are_refused()
    {
        var shard = new Shard<NdArray>(DomainSlice.Whole([1]), NdArray.From([1.0], 1));
        var (one, two) = (StateCapture.Capture(new OneState { B = new() { ["c.d"] = shard } }),
            StateCapture.Capture(new OtherState { C = new() { ["d"] = shard } }));

        var e = Assert.Throws<CheckpointSerializationException>(() => ShardJson.Build([one, two]));
        Assert.Contains("tests.b.c.d", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_and_sharded_entries_have_one_schema() =>
        Assert.Equal(StateSchema.Of(typeof(PlainBatch)).SchemaHash, StateSchema.Of(typeof(BatchState)).SchemaHash);

    [Fact]
    public void An_entry_whose_file_is_of_another_shape_than_its_place_is_refused()
    {
        var session = Written(2);
        var lied = session.Fields.ToDictionary(f => f.Key, f => f.Value with
        {
            Slices = [new RankSlice(0, DomainSlice.Part(Crew.Domain, 1, 0, 2)), new RankSlice(1, DomainSlice.Part(Crew.Domain, 1, 1, 2))],
        });
        using var opened = Opened(session with { Fields = lied }, 0, 1);

        var e = Assert.Throws<DataException>(() => opened.Bind(new PlainBatch()));
        Assert.Contains("its manifest promises", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_rank_0_alone_keeps_restores_on_another_number_of_ranks()
    {
        var session = Written(3);

        using var opened = Opened(session, 1, 2);
        Assert.True(opened.Bind(new ChunkState()) is { StateLoaded: true, Value.First: 1 });
        using var same = Opened(session, 1, 3);
        Assert.False(same.Bind(new ChunkState()).StateLoaded);
    }

    [Fact]
    public void A_state_that_rank_0_lacks_comes_from_the_lowest_rank_that_holds_it_if_all_of_those_agree()
    {
        Session session;
        using (var crew = new Crew(_files, 4))
        {
            crew.Start();
            crew.Sessions[2].Bind(new DrawState { Draws = 7 });
            var last = crew.Sessions[3].Bind(new DrawState { Draws = 7 }).Value;
            session = crew.Catalog.Find(crew.Commit(1));
            last.Draws = 8;
            crew.Commit(2);
        }

        using var opened = Opened(session, 0, 1);
        Assert.Equal(7, opened.Bind(new DrawState()).Value.Draws);
        using var next = new Crew(_files, 2, process: 2);
        next.Start();
        var e = Assert.Throws<DataException>(() => next.Sessions[0].Bind(new DrawState()));
        Assert.Contains("tests.Noise.draws differs between rank 2 and rank 3", e.Message, StringComparison.Ordinal);
    }

    private Session Written(int worldSize)
    {
        using var crew = new Crew(_files, worldSize);
        crew.Start();
        return crew.Catalog.Find(crew.Commit(1));
    }

    private CheckpointSession Opened(Session session, int rank, int worldSize, CountingFiles? files = null)
    {
        var options = Options(rank, worldSize);
        return new Checkpoint("test", files is null ? options : options with { Files = files }).Open(session);
    }

    private CheckpointOptions Options(int rank, int worldSize) =>
        new() { Path = Crew.Path, Files = _files, Rank = rank, WorldSize = worldSize, Mode = CheckpointMode.Append };

    [CheckpointState(Id = "tests.Batch")]
    public sealed class PlainBatch
    {
        public Dictionary<string, NdArray> Members { get; set; } = [];
        public int Step { get; set; }
    }

    [CheckpointState(Id = "tests.Deep")]
    public sealed class DeepState
    {
        public Dictionary<string, Dictionary<string, Shard<NdArray>>> Batches { get; set; } = [];
    }

    [CheckpointState(Id = "tests")]
    public sealed class OneState
    {
        public Dictionary<string, Shard<NdArray>> B { get; set; } = [];
    }

    [CheckpointState(Id = "tests.b")]
    public sealed class OtherState
    {
        public Dictionary<string, Shard<NdArray>> C { get; set; } = [];
    }
}
