using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.NetCdf;

namespace Cairn.Cli.Tests.Diff;

public sealed class StoreDiffTests : IDisposable
{
    private readonly Catalogs _catalogs = new();

    public void Dispose() => _catalogs.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void Stores_of_the_same_fields_are_equal(int compression)
    {
        Write("a", Layout() with { CompressionLevel = compression });
        Write("b", Layout() with { CompressionLevel = compression });
        var result = Diff("a", "b");
        Assert.Equal((0, "equal: 8 arrays compared\n", ""), (result.Exit, result.Output, result.Error));
    }

    [Theory]
    [InlineData(FieldPrecision.Single)]
    [InlineData(FieldPrecision.Double)]
    public void A_differing_value_is_told_by_member_lead_time_and_place(FieldPrecision precision)
    {
        Write("a", Layout() with { Precision = precision });
        Write("b", Layout() with { Precision = precision }, (member, time, values) => values[3] += member == 1 && time == 2 ? 0.5 : 0);

        var result = Diff("a", "b");

        Assert.Equal(1, result.Exit);
        Assert.StartsWith(
            "u: 1 of 48 elements differ, first at [1, 0, 2, 1, 1], by 0.5 at most, at [1, 0, 2, 1, 1]\n", result.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_covers_fewer_lead_times_is_compared_as_far_as_it_goes()
    {
        Write("a", Layout());
        Write("b", Layout(leadTimes: 6));

        var result = Diff("a", "b");

        Assert.Equal(1, result.Exit);
        Assert.Contains(
            "lead_time: layout: shape: A has [4], B has [6]; the common part is compared\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("elements differ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_that_only_one_store_has_are_counted()
    {
        Write("a", Layout());
        Write("b", Layout());
        File.Delete(_catalogs.Path("b/u/1.0.1.0.0"));
        File.Delete(_catalogs.Path("a/v/0.0.0.0.0"));

        var result = Diff("a", "b");

        Assert.Equal(
            "u: 1 chunk is written in A only, the first from [1, 0, 2, 0, 0] on\n"
            + "v: 1 chunk is written in B only, the first from [0, 0, 0, 0, 0] on\n"
            + "A and B differ in 2 places (8 arrays compared)\n",
            result.Output);
    }

    [Fact]
    public void Another_chunking_is_a_difference_of_layout_and_not_of_values()
    {
        Write("a", Layout());
        Write("b", Layout() with { LeadTimesPerChunk = 1, CompressionLevel = 3 });

        var result = Diff("a", "b");

        Assert.Equal(1, result.Exit);
        Assert.Contains("u: layout: chunks: A has [1,1,2,3,2], B has [1,1,1,3,2]\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("u: layout: compressor:", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("elements differ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_version_of_Zarr_is_a_difference_of_layout_and_not_of_values()
    {
        Write("a", Layout());
        Write("b", Layout() with { Version = 3, LeadTimesPerShard = 4 });
        Write("c", Layout() with { Version = 3, LeadTimesPerShard = 4 });

        var result = Diff("a", "b");

        Assert.Equal(1, result.Exit);
        Assert.Contains("u: layout: shards: A has none, B has [1,1,4,3,2]\n", result.Output, StringComparison.Ordinal);
        Assert.All(result.Output.Split('\n')[..^2], line => Assert.Contains(": layout: ", line, StringComparison.Ordinal));
        Assert.Equal((0, "equal: 8 arrays compared\n", ""), (Diff("b", "c").Exit, Diff("b", "c").Output, Diff("b", "c").Error));
        File.WriteAllText(_catalogs.Path("c/u/c.0.0.0.0.0"), "short");
        Assert.Contains("u/c.0.0.0.0.0", Diff("b", "c").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_variable_and_another_unit_are_named()
    {
        Write("a", Layout());
        Write("b", Layout() with { Variables = [new FieldVariable("u", "knots"), new FieldVariable("w")] });

        var result = Diff("a", "b");

        Assert.Contains("variable v is in A only\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("variable w is in B only\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("u: attribute units: A has \"m s-1\", B has \"knots\"\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_chunk_is_an_error_that_names_it()
    {
        Write("a", Layout());
        Write("b", Layout());
        File.WriteAllText(_catalogs.Path("b/u/0.0.0.0.0"), "short");
        var result = Diff("a", "b");
        Assert.Equal(1, result.Exit);
        Assert.Contains("u/0.0.0.0.0", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_of_another_kind_is_refused()
    {
        Write("a", Layout());
        Write("b", Layout());
        var path = _catalogs.Path("b/.zmetadata");
        var text = File.ReadAllText(path);
        Assert.Contains("\"<f4\"", text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace("\"<f4\"", "\"|O\"", StringComparison.Ordinal));
        Assert.Equal(1, Diff("a", "b").Exit);
        File.WriteAllText(path, "{}");
        Assert.Contains("is not consolidated Zarr metadata", Diff("a", "b").Error, StringComparison.Ordinal);
    }

    private static FieldLayout Layout(int leadTimes = 4) => new()
    {
        Members = 2,
        Time = CfTime.Parse("1990-01-16T00:00", CfCalendar.Standard, out _),
        LeadTimes = [.. Enumerable.Range(0, leadTimes).Select(i => TimeSpan.FromHours(6 * i))],
        Latitude = [10, 20, 30],
        Longitude = [0, 90],
        Variables = [new FieldVariable("u", "m s-1"), new FieldVariable("v", "m s-1")],
        LeadTimesPerChunk = 2,
        CompressionLevel = 1,
    };

    private void Write(string name, FieldLayout layout, Action<int, int, double[]>? change = null)
    {
        var store = ZarrFieldStore.Open(new NoSyncFiles(new PosixFiles()), _catalogs.Path(name), layout);
        for (var member = 0; member < layout.Members; member++)
        {
            for (var first = 0; first < layout.LeadTimes.Count; first += layout.LeadTimesPerShard)
            {
                foreach (var variable in layout.Variables.Select(v => v.Name))
                {
                    var times = Enumerable.Range(first, layout.LeadTimesPerShard);
                    store.WriteChunk(member, first, variable, times.SelectMany(time => Field(member, time, variable, change)).ToArray());
                }
            }
        }
    }

    private static double[] Field(int member, int time, string variable, Action<int, int, double[]>? change)
    {
        var values = Enumerable.Range(0, 6).Select(i => (100.0 * member) + (10 * time) + i).ToArray();
        if (variable == "u")
            change?.Invoke(member, time, values);

        return values;
    }

    private Invocation Diff(string a, string b) => Invocation.Run("diff", _catalogs.Path(a), _catalogs.Path(b));
}
