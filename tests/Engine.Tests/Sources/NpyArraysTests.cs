using Cairn.Storage.Arrays;

namespace Cairn.Engine.Tests.Sources;

public sealed class NpyArraysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-npy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<NdArray> Arrays =>
    [
        NdArray.From(new double[] { 1, 2, 3, 4, 5, 6 }, 2, 3),
        NdArray.From(new float[] { 1, 2, 3, 4, 5, 6 }, 2, 3),
        NdArray.From(new Half[] { (Half)1, (Half)2, (Half)3, (Half)4, (Half)5, (Half)6 }, 2, 3),
        NdArray.From(new long[] { 1, 2, 3, 4, 5, 6 }, 2, 3),
        NdArray.From(new short[] { 1, 2, 3, 4, 5, 6 }, 2, 3),
        NdArray.From(new uint[] { 1, 2, 3, 4, 5, 6 }, 2, 3),
        NdArray.From(new byte[] { 1, 2, 3, 4, 5, 6 }, 2, 3),
    ];

    [Theory]
    [MemberData(nameof(Arrays))]
    public void Real_numbers_of_any_type_are_read_onto_the_grid_of_the_spec(NdArray array)
    {
        var initial = InitialSources.Read(Spec(("b", array), ("a", NdArray.From(new double[6], 2, 3))));

        Assert.Equal(["b", "a"], initial.Variables);
        Assert.Equal([1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0], initial.Fields);
        Assert.Equal([10d, -10], initial.Grid.Latitudes);
        Assert.Equal([0d, 120, 240], initial.Grid.Longitudes);
    }

    [Fact]
    public void An_array_of_another_shape_is_refused_with_both()
    {
        var error = Assert.Throws<DataException>(() => InitialSources.Read(Spec(("u", NdArray.From(new double[6], 3, 2)))));

        Assert.Contains("u.npy", error.Message, StringComparison.Ordinal);
        Assert.Contains("[3, 2]; expected [2, 3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gaps_are_counted_and_refused()
    {
        var gaps = NdArray.From(new[] { 1, double.NaN, 3, double.PositiveInfinity, 5, 6 }, 2, 3);

        var error = Assert.Throws<DataException>(() => InitialSources.Read(Spec(("u", gaps))));
        Assert.Contains("2 of 6 values of u", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_no_real_numbers_are_refused()
    {
        var error = Assert.Throws<DataException>(() => InitialSources.Read(Spec(("u", NdArray.From(new bool[6], 2, 3)))));
        Assert.Contains("holds bool", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_short_is_refused()
    {
        var spec = Spec(("u", NdArray.From(new double[6], 2, 3)));
        var path = spec.Variables[0].FileVariable;
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);

        Assert.Contains(path, Assert.Throws<DataException>(() => InitialSources.Read(spec)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_time_is_refused_since_there_is_only_one()
    {
        var spec = Spec(("u", NdArray.From(new double[6], 2, 3)));
        var initial = InitialSources.Read(spec);

        var error = Assert.Throws<SpecException>(() => InitialSources.Read(spec, initial.Time.Add(TimeSpan.FromHours(-6))));
        Assert.Contains("npy gives one state", error.Message, StringComparison.Ordinal);
    }

    private InitialSpec Spec(params (string Name, NdArray Array)[] arrays)
    {
        var variables = new List<InitialVariable>();
        foreach (var (name, array) in arrays)
        {
            var path = Path.Combine(_folder, name + ".npy");
            using var file = File.Create(path);
            Npy.Write(array, bytes => file.Write(bytes));
            variables.Add(new InitialVariable(name, path));
        }
        return new InitialSpec("npy", "", new InitialTime("2000-01-01", null), variables)
        {
            Grid = new GridSpec(new AxisSpec(10, -10, 2), new AxisSpec(0, 240, 3)),
        };
    }
}
