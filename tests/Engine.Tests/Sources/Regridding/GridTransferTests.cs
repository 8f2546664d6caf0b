using Cairn.Engine.Sources.Regridding;

namespace Cairn.Engine.Tests.Sources.Regridding;

/// <summary>Properties over random pairs of grids; each case's name holds its seed.</summary>
public sealed class GridTransferTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    public static TheoryData<RegridMethod, int> Methods
    {
        get
        {
            var cases = new TheoryData<RegridMethod, int>();
            foreach (var method in Enum.GetValues<RegridMethod>())
                Enumerable.Range(1, 8).ToList().ForEach(seed => cases.Add(method, seed));
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void On_its_own_grid_a_field_stays_as_it_is_bit_for_bit(RegridMethod method, int seed)
    {
        var random = new Random(seed);
        var grid = RandomGrids.Global(random);
        double[] fields = [.. RandomGrids.Noise(grid, random), .. RandomGrids.Noise(grid, random)];
        fields[0] = -0.0;

        var same = GridTransfer.Between(grid, new LatLonGrid([.. grid.Latitudes], [.. grid.Longitudes]), method).Apply(fields);

        Assert.Equal(fields.Select(BitConverter.DoubleToInt64Bits), same.Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_same_places_in_other_words_give_the_same_values(RegridMethod method, int seed)
    {
        var random = new Random(seed);
        var grid = RandomGrids.Global(random);
        var turned = new LatLonGrid([.. grid.Latitudes.Reverse()], [.. grid.Longitudes.Select(degrees => degrees - 360)]);
        var field = RandomGrids.Noise(grid, random);

        var there = GridTransfer.Between(grid, turned, method).Apply(field);

        var columns = grid.Longitudes.Count;
        var expected = field.Chunk(columns).Reverse().SelectMany(row => row).ToArray();
        Assert.All(there.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-12));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_constant_stays_constant(RegridMethod method, int seed)
    {
        var random = new Random(seed);
        var (from, to) = (RandomGrids.Global(random), RandomGrids.Global(random));

        var result = GridTransfer.Between(from, to, method).Apply(RandomGrids.Field(from, (_, _) => 7.25));

        Assert.Equal(to.Latitudes.Count * to.Longitudes.Count, result.Length);
        Assert.All(result, value => Assert.Equal(7.25, value, 1e-13));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bilinear_is_exact_for_linear_functions_inside_a_region(int seed)
    {
        var random = new Random(seed);
        var from = RandomGrids.Regional(random, -35, 62, 300, 430);
        var to = RandomGrids.Regional(random, -31, 60, -55, 65);
        double Plane(double latitude, double east) => 3 - (0.7 * latitude) + (0.2 * east);

        var result = GridTransfer.Between(from, to, RegridMethod.Bilinear).Apply(RandomGrids.Field(from, Plane));

        var expected = RandomGrids.Field(to, (latitude, longitude) => Plane(latitude, longitude + 360));
        Assert.All(result.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-10));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bilinear_across_the_seam_is_as_good_as_elsewhere(int seed)
    {
        var random = new Random(seed);
        var (from, to) = (RandomGrids.Global(random), RandomGrids.Global(random));
        double Wave(double latitude, double longitude) => Math.Cos(double.DegreesToRadians(longitude - 77));

        var result = GridTransfer.Between(from, to, RegridMethod.Bilinear).Apply(RandomGrids.Field(from, Wave));

        // Linear interpolation of a function of second derivative at most 1 misses at most h² / 8.
        var step = 2 * Math.PI / from.Longitudes.Count;
        var most = step * step / 8;
        Assert.All(result.Zip(RandomGrids.Field(to, Wave)), pair => Assert.InRange(pair.First - pair.Second, -most, most));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Conservative_keeps_the_integral_over_the_sphere(int seed)
    {
        var random = new Random(seed);
        var (from, to) = (RandomGrids.Global(random), RandomGrids.Global(random));
        var field = RandomGrids.Noise(from, random);

        var result = GridTransfer.Between(from, to, RegridMethod.Conservative).Apply(field);

        Assert.Equal(Integral(from, field), Integral(to, result), 1e-13);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nearest_takes_the_row_and_the_column_that_are_nearest(int seed)
    {
        var random = new Random(seed);
        var (from, to) = (RandomGrids.Global(random), RandomGrids.Global(random));
        var field = RandomGrids.Noise(from, random);

        var result = GridTransfer.Between(from, to, RegridMethod.Nearest).Apply(field);

        var rows = to.Latitudes.Select(at => Closest(from.Latitudes, other => Math.Abs(at - other))).ToList();
        var columns = to.Longitudes.Select(at => Closest(from.Longitudes, other => Math.Abs(Math.IEEERemainder(at - other, 360)))).ToList();
        Assert.Equal(rows.SelectMany(row => columns.Select(column => field[(row * from.Longitudes.Count) + column])), result);
    }

    [Fact]
    public void Conservative_means_cells_that_fit_by_their_areas()
    {
        var from = new LatLonGrid([75, 45, 15, -15, -45, -75], [0, 90, 180, 270]);
        var to = new LatLonGrid([60, 0, -60], [45, 225]);
        var field = RandomGrids.Noise(from, new Random(5));

        var result = GridTransfer.Between(from, to, RegridMethod.Conservative).Apply(field);

        // The target's first cell, 30 to 90 north and -45 to 135 east, is made of four whole ones.
        double Band(double south, double north) => Math.Sin(double.DegreesToRadians(north)) - Math.Sin(double.DegreesToRadians(south));
        var expected = ((Band(60, 90) * (field[0] + field[1])) + (Band(30, 60) * (field[4] + field[5]))) / (2 * Band(30, 90));
        Assert.Equal(expected, result[0], 1e-14);
    }

    [Theory]
    [InlineData(RegridMethod.Bilinear)]
    [InlineData(RegridMethod.Nearest)]
    [InlineData(RegridMethod.Conservative)]
    public void A_pole_beyond_the_last_row_takes_that_rows_values(RegridMethod method)
    {
        var from = new LatLonGrid([75, 45, 15, -15, -45, -75], [0, 90, 180, 270]);
        var to = new LatLonGrid([90, 89, 0, -89.5, -90], [0, 90, 180, 270]);
        var field = RandomGrids.Noise(from, new Random(6));

        var result = GridTransfer.Between(from, to, method).Apply(field);

        Assert.Equal(field[..4], result[..4]);
        Assert.Equal(field[^4..], result[^4..]);
    }

    [Theory]
    [InlineData(RegridMethod.Bilinear, "latitudes 30 to 60")]
    [InlineData(RegridMethod.Nearest, "latitudes 30 to 60")]
    [InlineData(RegridMethod.Conservative, "latitudes 25 to 65")]
    public void A_row_outside_a_region_is_refused_with_the_regions_box(RegridMethod method, string box)
    {
        var from = new LatLonGrid([60, 50, 40, 30], [350, 0, 10, 20]);
        var to = new LatLonGrid([40, 20], [0, 10]);

        var error = Assert.Throws<SpecException>(() => GridTransfer.Between(from, to, method));
        Assert.Contains(box, error.Message, StringComparison.Ordinal);
        Assert.Contains("initial.regrid", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RegridMethod.Bilinear, "longitudes 350 to 380")]
    [InlineData(RegridMethod.Nearest, "longitudes 350 to 380")]
    [InlineData(RegridMethod.Conservative, "longitudes 345 to 385")]
    public void A_column_outside_a_region_is_refused_with_the_regions_box(RegridMethod method, string box)
    {
        var from = new LatLonGrid([60, 50, 40, 30], [350, 0, 10, 20]);
        var to = new LatLonGrid([50, 40], [-20, -10]);

        var error = Assert.Throws<SpecException>(() => GridTransfer.Between(from, to, method));
        Assert.Contains(box, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_whose_pole_is_missing_do_not_cover_it()
    {
        var from = new LatLonGrid([60, 30, 0, -30, -60], [0, 90, 180, 270]);
        var to = new LatLonGrid([90, 0], [0, 90, 180, 270]);

        var error = Assert.Throws<SpecException>(() => GridTransfer.Between(from, to, RegridMethod.Bilinear));
        Assert.Contains("latitudes -60 to 60", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new double[] { 0, 90, 180, 270, 360 }, "repeated end")]
    [InlineData(new double[] { 270, 180, 90, 0 }, "eastward")]
    [InlineData(new double[] { 0, double.NaN, 180 }, "eastward")]
    public void Longitudes_of_no_regular_grid_are_refused(double[] longitudes, string expected)
    {
        var from = new LatLonGrid([60, 0, -60], longitudes);

        var error = Assert.Throws<SpecException>(() =>
            GridTransfer.Between(from, new LatLonGrid([30, 0], [0, 90]), RegridMethod.Bilinear));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plane_in_metres_is_refused()
    {
        var plane = new LatLonGrid([0, 1000], [0, 1000]) { Unit = GridUnit.Metres };

        Assert.Throws<SpecException>(() => GridTransfer.Between(plane, new LatLonGrid([0, 1], [0, 1]), RegridMethod.Nearest));
    }

    private static int Closest(IReadOnlyList<double> places, Func<double, double> distance) =>
        Enumerable.Range(0, places.Count).MinBy(i => distance(places[i]));

    /// <summary>By bands and sectors between the middles of neighbours, written anew here.</summary>
    private static double Integral(LatLonGrid grid, double[] field)
    {
        var rows = grid.Latitudes.Select((at, i) => (At: at, Index: i)).OrderBy(r => r.At).ToList();
        var width = 2 * Math.PI / grid.Longitudes.Count;
        var sum = 0d;
        for (var i = 0; i < rows.Count; i++)
        {
            var south = i == 0 ? -90 : (rows[i - 1].At + rows[i].At) / 2;
            var north = i == rows.Count - 1 ? 90 : (rows[i].At + rows[i + 1].At) / 2;
            var band = Math.Sin(double.DegreesToRadians(north)) - Math.Sin(double.DegreesToRadians(south));
            sum += band * width * field.AsSpan(rows[i].Index * grid.Longitudes.Count, grid.Longitudes.Count).ToArray().Sum();
        }
        return sum;
    }
}
