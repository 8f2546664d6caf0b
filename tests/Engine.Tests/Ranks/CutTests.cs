using System.Runtime.InteropServices;

namespace Cairn.Engine.Tests.Ranks;

/// <summary>Any number of ranks gives the bytes of the whole domain.</summary>
public sealed class CutTests
{
    private const int Steps = 5;

    public static IEnumerable<object[]> Cases =>
        CutModels.Cases([1, 2]).Select(one => new object[] { one.Kind, one.DType, one.Seed });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_number_of_ranks_gives_the_bytes_of_the_whole(string kind, ScalarType dtype, int seed)
    {
        using var model = CutModels.Make(kind, dtype, seed);
        var (state, fields) = Whole(model, seed);
        for (var size = 1; size <= 16; size++)
        {
            var parts = Gang.Run(size, ranks => CutModels.Run(model, ranks, seed, Steps));
            var what = $"{kind} {dtype.Name()} seed {seed} on {model.Description.OutputGrid} points, {size} ranks";

            Assert.True(Bits(parts[0].Fields).SequenceEqual(Bits(fields)), what + ": fields");
            Assert.True(Join(model, parts.Select(p => p.State).ToArray()).AsSpan().SequenceEqual(state), what + ": state");
        }
    }

    [Theory]
    [InlineData("shallow-water")]
    [InlineData("lorenz96")]
    [InlineData("persistence")]
    [InlineData("mesh")]
    public void The_description_is_that_of_the_whole(string kind)
    {
        using var model = CutModels.Make(kind, ScalarType.Float64, seed: 3);
        Gang.Run(3, ranks =>
        {
            using var rank = DomainCut.Of(model, ranks);
            Assert.Same(model.Description, rank.Description);
            Assert.Equal(rank.FieldSlice.Shape[0] * rank.FieldSlice.Shape[1], rank.FieldSlice.Elements);
            return 0;
        });
        Assert.False(model.Description.DependsOnBatch);
    }

    [Fact]
    public void A_state_of_another_part_is_refused()
    {
        using var model = CutModels.Make("shallow-water", ScalarType.Float64, seed: 1);
        using var rank = model.Cut(InProcessGang.Create(2).Ranks[0]);
        using var fields = CutModels.Begin(model, 1);
        using var whole = model.Initialize(fields);

        var error = Assert.Throws<StepException>(() => rank.Step(whole));

        Assert.Contains("with the part", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The model itself, without a cut.</summary>
    private static (byte[] State, float[] Fields) Whole(ICuttableModel model, int seed)
    {
        var all = new List<float>();
        using var begin = CutModels.Begin(model, seed);
        var state = model.Initialize(begin);
        for (var step = 0; ; step++)
        {
            using var fields = model.Fields(state);
            using var floats = fields.to(ScalarType.Float32);
            all.AddRange(floats.ToArray<float>());
            if (step == Steps)
                break;
            var next = model.Step(state, step * model.Description.Step);
            state.Dispose();
            state = next;
        }
        var bytes = new byte[state.numel() * (state.dtype == ScalarType.Float64 ? 8 : 4)];
        state.CopyTo(bytes);
        state.Dispose();
        return (bytes, [.. all]);
    }

    private static ReadOnlySpan<byte> Bits(float[] values) => MemoryMarshal.AsBytes<float>(values);

    /// <summary>Puts the ranks' states together by their slices.</summary>
    private static byte[] Join(ICuttableModel model, byte[][] parts)
    {
        var slices = Gang.Run(parts.Length, ranks =>
        {
            using var rank = model.Cut(ranks);
            return rank.StateSlice;
        });
        var whole = new byte[parts.Sum(p => p.Length)];
        var each = whole.Length / CutModels.Members;
        foreach (var (part, slice) in parts.Zip(slices))
        {
            var own = part.Length / CutModels.Members;
            for (var member = 0; member < CutModels.Members; member++)
                Put(part.AsSpan(member * own, own), slice, whole.AsSpan(member * each, each));
        }
        return whole;
    }

    private static void Put(Span<byte> part, DomainSlice slice, Span<byte> whole)
    {
        // All of them are cut along one axis: before it lie whole extents, and behind it.
        var axis = Enumerable.Range(0, slice.Shape.Count).First(a => slice.GlobalShape.Count == 1 || a == 1);
        var blocks = (int)slice.Shape.Take(axis).Aggregate(1L, (a, b) => a * b);
        var (own, each) = (part.Length / blocks, whole.Length / blocks);
        var at = (int)(each / slice.GlobalShape[axis] * slice.Offset[axis]);
        for (var block = 0; block < blocks; block++)
            part.Slice(block * own, own).CopyTo(whole[((block * each) + at)..]);
    }
}
