using Cairn.Storage.Arrays;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.Sessions;

public sealed class DomainTilingTests
{
    private const int Cases = 4000;

    [Fact]
    public void Every_cut_of_a_domain_tiles_it_and_no_cut_with_one_part_changed_does()
    {
        for (var seed = 1; seed <= Cases; seed++)
        {
            var random = new Random(seed);
            var shape = RandomCut.Shape(random);
            var parts = RandomCut.Parts(random, shape, random.Next(1, 17));
            Assert.True(DomainTiling.Defect(Field(shape, parts)) is null, $"seed {seed}: {DomainTiling.Defect(Field(shape, parts))}");

            var at = random.Next(parts.Count);
            var other = RandomBox(random, shape);
            var changed = parts.ToList();
            changed[at] = other;
            var defect = DomainTiling.Defect(Field(shape, changed));
            Assert.True(Counted(shape, changed) == (defect is null), $"seed {seed}: part {at} became {other}, defect: {defect ?? "none"}");
        }
    }

    [Fact]
    public void Nearly_equal_parts_tile_the_axis_that_they_cut()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var random = new Random(seed);
            var shape = RandomCut.Shape(random);
            var (axis, count) = (random.Next(shape.Length), random.Next(1, 17));
            var parts = Enumerable.Range(0, count).Select(i => DomainSlice.Part(shape, axis, i, count)).ToList();

            Assert.True(DomainTiling.Defect(Field(shape, parts)) is null, $"seed {seed}");
            Assert.True(parts.Max(p => p.Shape[axis]) - parts.Min(p => p.Shape[axis]) <= 1, $"seed {seed}");
        }
    }

    [Fact]
    public void A_rank_that_takes_the_domain_to_be_another_is_named()
    {
        var field = new ShardedField(
            NpyDType.Float64, [4], [new(0, new DomainSlice([4], [0], [2])), new(1, new DomainSlice([5], [2], [2]))]);

        Assert.Equal("rank 1 has the domain (5,), rank 0 (4,)", DomainTiling.Defect(field));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(3, 2)]
    [InlineData(0, -1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_part_outside_its_domain_is_none(long offset, long extent) =>
        Assert.Throws<DataException>(() => new DomainSlice([4], [offset], [extent]));

    private static ShardedField Field(long[] shape, List<DomainSlice> parts) =>
        new(NpyDType.Float64, shape, [.. parts.Select((part, rank) => new RankSlice(rank, part))]);

    private static DomainSlice RandomBox(Random random, long[] shape)
    {
        var offset = Array.ConvertAll(shape, extent => random.NextInt64(extent + 1));
        return new DomainSlice(shape, offset, [.. shape.Select((extent, axis) => random.NextInt64(extent - offset[axis] + 1))]);
    }

    /// <summary>The slow way: counts who holds each element.</summary>
    private static bool Counted(long[] shape, List<DomainSlice> parts)
    {
        var holders = new int[DomainSlice.Whole(shape).Elements];
        foreach (var part in parts)
        {
            for (var i = 0; i < holders.Length; i++)
            {
                long rest = i;
                var inside = true;
                for (var axis = shape.Length - 1; axis >= 0; rest /= shape[axis], axis--)
                {
                    var index = rest % shape[axis];
                    inside &= index >= part.Offset[axis] && index < part.Offset[axis] + part.Shape[axis];
                }

                holders[i] += inside ? 1 : 0;
            }
        }

        return holders.All(h => h == 1);
    }
}
