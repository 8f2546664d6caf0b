using System.Numerics;
using System.Runtime.InteropServices;

namespace Cairn.Engine.Tests.Models.ShallowWater;

/// <summary>The plane may be cut between any rows without a change of a bit.</summary>
public sealed class RowCutTests
{
    public static IEnumerable<object[]> Cuts => Enumerable.Range(1, 12).Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Slabs_of_random_uneven_cuts_step_to_the_bits_of_the_whole(int seed)
    {
        var random = new Random(seed);
        var plane = new ShallowWaterPlane { Columns = random.Next(4, 40), Rows = random.Next(4, 24), Dy = 7e4, Coriolis = 1e-4 };
        var options = new ShallowWaterOptions { Plane = plane, Scheme = (ShallowWaterScheme)(seed % 2), Step = TimeSpan.FromSeconds(60) };
        var cuts = Cut(plane.Rows, random);
        var what = $"seed {seed}: {plane.Rows} x {plane.Columns} points cut at rows {string.Join(", ", cuts)}";

        Compare<double>(options, Planes.Levels(plane, random), cuts, what);
        Compare<float>(options with { DType = ScalarType.Float32 }, Planes.Levels(plane, random), cuts, what);
    }

    [Fact]
    public void A_row_of_its_own_needs_nothing_but_its_neighbours()
    {
        var plane = new ShallowWaterPlane { Columns = 9, Rows = 5 };
        Compare<double>(new ShallowWaterOptions { Plane = plane }, Planes.Levels(plane, new Random(1)), [0, 1, 2, 3, 4, 5], "every row");
    }

    [Theory]
    [InlineData(5, ShallowWaterScheme.PotentialEnstrophy)]
    [InlineData(19, ShallowWaterScheme.PotentialEnstrophy)]
    [InlineData(19, ShallowWaterScheme.Energy)]
    public void Turning_the_plane_moves_every_bit_along(int columns, ShallowWaterScheme scheme)
    {
        // A column passes through vectors, what is left over of them, and the seam: all must round alike. The turning is strong and the
        // step short, so that no term is lost beside another.
        var plane = new ShallowWaterPlane { Columns = columns, Rows = 6, Coriolis = 0.5 };
        using var model = new ShallowWaterModel(
            new ShallowWaterOptions { Plane = plane, Scheme = scheme, Step = TimeSpan.FromSeconds(1) });
        var levels = Planes.Levels(plane, new Random(columns));
        using var first = Planes.State(levels, plane, ScalarType.Float64);
        using var next = model.Step(first);
        for (var by = 1; by < columns; by++)
        {
            using var turned = Planes.State(Turn(levels, columns, by), plane, ScalarType.Float64);
            using var after = model.Step(turned);
            using var expected = Planes.State(Turn(next.ToArray<double>(), columns, by), plane, ScalarType.Float64);
            Assert.True(after.HasBitsOf(expected), $"turned by {by} of {columns} columns");
        }
    }

    [Fact]
    public void Halos_of_another_length_are_refused()
    {
        var options = new ShallowWaterOptions();
        var (levels, row) = (new double[6 * 64], new double[3 * 64]);

        Assert.Throws<SpecException>(() => ShallowWaterModel.StepRows(
            options, new ShallowWaterSlab<double>(levels, row, row.AsSpan(1), 64), new double[6 * 64]));
    }

    private static void Compare<T>(ShallowWaterOptions options, double[] start, int[] cuts, string what)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var model = new ShallowWaterModel(options);
        using var first = Planes.State(start, options.Plane, options.DType);
        using var second = model.Step(first);
        using var third = model.Step(second);
        var slabs = StepSlabs(options, StepSlabs(options, first.ToArray<T>(), cuts), cuts);

        Assert.True(MemoryMarshal.AsBytes(slabs.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(third.ToArray<T>().AsSpan())), what);
    }

    /// <summary>Every slab on its own, with no more of the others than their halo rows.</summary>
    private static T[] StepSlabs<T>(ShallowWaterOptions options, T[] levels, int[] cuts)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (plane, result) = (options.Plane, new T[levels.Length]);
        foreach (var (from, to) in cuts.Zip(cuts.Skip(1)))
        {
            var slab = new ShallowWaterSlab<T>(
                Rows(plane, levels, 6, from, to), Rows(plane, levels, 3, (from + plane.Rows - 1) % plane.Rows),
                Rows(plane, levels, 3, to % plane.Rows), plane.Columns);
            var next = new T[6 * (to - from) * plane.Columns];
            ShallowWaterModel.StepRows(options, slab, next.AsSpan());
            for (var field = 0; field < 6; field++)
            {
                var length = (to - from) * plane.Columns;
                next.AsSpan(field * length, length).CopyTo(result.AsSpan((field * plane.Size) + (from * plane.Columns)));
            }
        }
        return result;
    }

    private static T[] Rows<T>(ShallowWaterPlane plane, T[] levels, int fields, int from, int? to = null) =>
    [
        .. Enumerable.Range(0, fields).SelectMany(field =>
            levels[((field * plane.Size) + (from * plane.Columns))..((field * plane.Size) + ((to ?? (from + 1)) * plane.Columns))]),
    ];

    private static double[] Turn(double[] levels, int columns, int by) =>
        [.. levels.Select((_, i) => levels[i - (i % columns) + ((i + by) % columns)])];

    private static int[] Cut(int rows, Random random) =>
        [0, .. Enumerable.Range(1, rows - 1).Where(_ => random.Next(3) == 0), rows];
}
