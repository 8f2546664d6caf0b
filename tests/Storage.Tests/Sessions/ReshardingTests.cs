using System.Text;
using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;
using Cairn.Storage.Tests.Catalog;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Sessions;

/// <summary>A session that n ranks wrote, read by m.</summary>
public sealed class ReshardingTests
{
    private const int Sessions = 200;
    private const int CutsEach = 10;
    private static readonly ShardName Values = new("tests.Field", "values", null);
    private static readonly string[] Types = ["float64", "float32", "int16", "uint8", "complex64", "bool"];

    [Fact]
    public void Any_cut_restores_on_any_other_reading_no_more_than_it_needs()
    {
        for (var seed = 1; seed <= Sessions; seed++)
        {
            var random = new Random(seed);
            var shape = RandomCut.Shape(random);
            var whole = Field(random, shape);
            var files = new RecordingFiles("/data");
            var session = Write(files, whole, RandomCut.Parts(random, shape, random.Next(1, 17)));
            for (var cut = 0; cut < CutsEach; cut++)
            {
                var wanted = RandomCut.Parts(random, shape, random.Next(1, 17));
                Restore(new CountingFiles(files), session, whole, wanted, $"seed {seed}, cut {cut}");
            }
        }
    }

    private static void Restore(CountingFiles files, Session session, NdArray whole, List<DomainSlice> wanted, string seed)
    {
        for (var rank = 0; rank < wanted.Count; rank++)
        {
            files.Read.Clear();
            var read = new SessionReader(files, session, rank, wanted.Count).Slice(Values, wanted[rank]);

            Assert.True(
                read.Data.Span.SequenceEqual(Gang.Cut(whole, wanted[rank]).Data.Span),
                $"{seed}: rank {rank} of {wanted.Count}, slice {wanted[rank]} of {session.WorldSize} ranks' {whole.DType}");
            var needed = Needed(session, wanted[rank], whole.DType.ItemSize);
            Assert.True(needed == files.OfArrays, $"{seed}: {files.OfArrays} bytes were read for {wanted[rank]}, {needed} are needed.");
        }
    }

    [Fact]
    public void A_rank_that_wants_one_row_of_a_large_field_reads_one_row()
    {
        var files = new RecordingFiles("/data");
        var whole = NdArray.From(Enumerable.Range(0, 4096).Select(i => (double)i).ToArray(), 64, 64);
        var session = Write(files, whole, Halves(64, 64));
        var counting = new CountingFiles(files);

        var row = new SessionReader(counting, session, 0, 3).Slice(Values, new DomainSlice([64, 64], [40, 0], [1, 64]));

        Assert.Equal(Enumerable.Range(40 * 64, 64).Select(i => (double)i), row.AsSpan<double>().ToArray());
        Assert.Equal(128 + (64 * 8), counting.OfArrays);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(2, 5)]
    [InlineData(3, 1)]
    public void A_gang_of_another_size_goes_on_from_the_session(int before, int after)
    {
        var files = new RecordingFiles("/data");
        using (var gang = new Gang(files, before))
        {
            gang.Start();
            gang.Commit(1);
            gang.Commit(2);
        }

        using var next = new Gang(files, after, process: 2);
        Assert.Equal(before, next.Start()!.WorldSize);
        Assert.Equal(2, next.Restored());
        if (after > 1)
        {
            Assert.Equal(3, next.Commit(3).WriteCount);
            Assert.Equal([before, before, after], next.Catalog.Read().Sessions.Select(s => s.WorldSize));
            using var back = new Gang(files, before, process: 3);
            Assert.Equal(3, back.Start()!.WriteCount);
            Assert.Equal(3, back.Restored());
        }
    }

    [Fact]
    public void A_session_of_one_rank_restores_on_several()
    {
        var files = new RecordingFiles("/data");
        using (var one = new Gang(files, 1))
        {
            one.Start();
            one.States[0].Height = one.States[0].Height! with { Value = NdArray.From(Gang.Height(4), Gang.Domain) };
            one.States[0].Step = 4;
            Assert.NotNull(CheckpointScope.Active!.Write(TestCatalog.LeadTime(4)));
        }

        using var next = new Gang(files, 3, process: 2);
        Assert.Equal(1, next.Start()!.WorldSize);
        Assert.Equal(4, next.Restored());
        Assert.Equal([1, 3], new[] { next.Catalog.Read().Sessions[0].WorldSize, next.Commit(5).WorldSize });
    }

    [Fact]
    public void State_that_differs_between_ranks_and_is_not_sharded_refuses_another_number_of_ranks()
    {
        var files = new RecordingFiles("/data");
        using (var gang = new Gang(files, 3))
        {
            gang.Start();
            var staged = new List<RankManifest> { gang.StageRank(0, 1, 1), gang.StageRank(1, 2, 1), gang.StageRank(2, 1, 1) };
            gang.Catalog.Commit(3, staged);
        }

        using var next = new Gang(files, 2, process: 2);
        var e = Assert.Throws<DataException>(() => next.Start());
        Assert.Contains("tests.Domain.step differs between rank 0 and rank 1", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_of_another_global_shape_is_refused()
    {
        var files = new RecordingFiles("/data");
        var session = Write(files, NdArray.From(new double[6], 6), Halves(6));

        var e = Assert.Throws<DataException>(
            () => new SessionReader(files, session, 0, 3).Slice(Values, new DomainSlice([7], [0], [2])));
        Assert.Contains("global shape (6,); (7,) is wanted", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_ranks_row_does_not_stand_for_the_parts_of_the_others()
    {
        var files = new RecordingFiles("/data");
        _ = Write(files, NdArray.From(new double[6], 6), Halves(6));
        using var row = Checkpoint(files, 0, 2).Open();
        var mine = new FieldState { Values = new Shard<NdArray>(DomainSlice.Part([6], 0, 0, 2)) };
        Assert.Equal(3, row.Bind(mine).Value.Values!.Value!.Length);

        using var again = Checkpoint(files, 0, 2).Open();
        var e = Assert.Throws<DataException>(
            () => again.Bind(new FieldState { Values = new Shard<NdArray>(new DomainSlice([6], [1], [4])) }));
        Assert.Contains("2 elements are in none of the available commits", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_shorter_than_its_slice_is_refused_though_only_a_part_is_read()
    {
        var files = new RecordingFiles("/data");
        var session = Write(files, NdArray.From(new double[60], 60), Halves(60));
        var states = session.Ranks[0].Row.Directory + "/states";
        var path = $"{states}/{files.List(states)[0].Name}/values.npy";
        var bytes = files.ReadAll(path);
        files.DeleteFile(path);
        files.Seed(path, bytes[..^8]);

        var e = Assert.Throws<DataException>(
            () => new SessionReader(files, session, 0, 3).Slice(Values, DomainSlice.Part([60], 0, 0, 3)));
        Assert.Contains("its header promises", e.Message, StringComparison.Ordinal);
    }

    private static List<DomainSlice> Halves(params long[] shape) => [DomainSlice.Part(shape, 0, 0, 2), DomainSlice.Part(shape, 0, 1, 2)];

    private static NdArray Field(Random random, long[] shape)
    {
        var dtype = NpyDType.Parse(Types[random.Next(Types.Length)]);
        var bytes = new byte[DomainSlice.Whole(shape).Elements * dtype.ItemSize];
        random.NextBytes(bytes);
        return new NdArray(dtype, shape, dtype.Kind == 'b' ? Array.ConvertAll(bytes, b => (byte)(b & 1)) : bytes);
    }

    /// <summary>A session straight from its ranks' commits; how it is committed is tested elsewhere.</summary>
    private static Session Write(RecordingFiles files, NdArray whole, List<DomainSlice> parts)
    {
        var manifests = new List<RankManifest>();
        for (var rank = 0; rank < parts.Count; rank++)
        {
            using var session = Checkpoint(files, rank, parts.Count).Open();
            session.Bind(new FieldState { Values = new Shard<NdArray>(parts[rank], Gang.Cut(whole, parts[rank])) });
            var row = session.Write(TestCatalog.LeadTime(1))!;
            manifests.Add(RankManifest.ReadIn(files, row.Directory, rank));
        }

        var proposal = new SessionProposal(parts.Count, 0, manifests);
        Assert.Empty(proposal.Defects);
        return new Session
        {
            Id = "session",
            Epoch = 0,
            Sequence = 1,
            Parent = null,
            SavedAt = default,
            WorldSize = parts.Count,
            Ranks = manifests,
            Fields = proposal.Fields,
        };
    }

    private static Checkpoint Checkpoint(RecordingFiles files, int rank, int worldSize) => new("test", new CheckpointOptions
    {
        Path = Gang.Path,
        Files = files,
        Rank = rank,
        WorldSize = worldSize,
        NewId = () => $"{rank:x12}",
        Durability = CheckpointDurability.None,
    });

    /// <summary>The bytes of the slice, and the header of each file that has some of it.</summary>
    private static long Needed(Session session, DomainSlice wanted, int itemSize)
    {
        var field = session.Fields["tests.Field.values"];
        return field.Slices.Where(s => s.Slice.Intersect(wanted) is not null)
            .Sum(s => (s.Slice.Intersect(wanted)!.Elements * itemSize) + Npy.Header(field.DType, s.Slice.Shape).Length);
    }

    [CheckpointState(Id = "tests.Field")]
    public sealed class FieldState
    {
        public Shard<NdArray>? Values { get; set; }
    }
}
