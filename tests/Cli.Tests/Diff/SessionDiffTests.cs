using Cairn.Storage.Arrays;

namespace Cairn.Cli.Tests.Diff;

public sealed class SessionDiffTests : IDisposable
{
    private readonly Catalogs _catalogs = new();

    public void Dispose() => _catalogs.Dispose();

    [Fact]
    public void Catalogs_that_hold_the_same_are_equal_whatever_their_names_times_and_epochs()
    {
        _catalogs.Write("a", 2, epoch: true);
        _catalogs.Write("a", 1, epoch: true);
        _catalogs.Write("b", 3);
        var before = _catalogs.Contents();

        var result = Diff("a", "b");

        Assert.Equal((0, "equal: 3 sessions compared\n", ""), (result.Exit, result.Output, result.Error));
        Assert.Equal(before, _catalogs.Contents());
    }

    [Fact]
    public void A_differing_field_is_told_with_count_index_and_largest_difference()
    {
        _catalogs.Write("a", 2, u: step => Grid(step, 0));
        _catalogs.Write("b", 2, u: step => Grid(step, step == 2 ? 0.25f : 0));

        var result = Diff("a", "b");

        Assert.Equal(1, result.Exit);
        Assert.Equal(
            "[lead time 12 h, write count 2]/tests.Wind/u: 2 of 6 elements differ, first at [0, 1], by 0.5 at most, at [1, 2]\n"
            + "A and B differ in 1 place (2 sessions compared)\n",
            result.Output);
    }

    [Fact]
    public void Sessions_are_named_by_row_or_by_folder()
    {
        var rows = _catalogs.Write("a", 3);
        Assert.Equal(0, Diff("a@-1", "a@2").Exit);
        Assert.Equal("equal: 1 session compared\n", Diff("a@1", $"a/commits/{rows[1].CommitId}").Output);

        var result = Diff("a@0", "a@1");

        Assert.Equal(1, result.Exit);
        Assert.Contains("A has write count 1, B has 2\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("metadata/lead_time: A has 6 hours, B has 12 hours\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("tests.Wind/step: A has 1, B has 2\n", result.Output, StringComparison.Ordinal);
        Assert.Contains(
            "tests.Wind/u: 3 of 3 elements differ, first at [0], by 2 at most, at [2]\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_one_side_only_are_named_and_the_others_compared()
    {
        _catalogs.Write("a", 3);
        _catalogs.Write("b", 2);
        Assert.Equal(
            "session [lead time 18 h, write count 3] is in A only\nA and B differ in 1 place (2 sessions compared)\n",
            Diff("a", "b").Output);
        Assert.Contains("is in B only", Diff("b", "a").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void NaN_equals_NaN_and_is_counted_where_only_one_side_has_it()
    {
        _catalogs.Write("a", 1, u: _ => NdArray.From([float.NaN, 1f, float.NaN, 2f], 4));
        _catalogs.Write("b", 1, u: _ => NdArray.From([float.NaN, float.NaN, float.NaN, 2.5f], 4));
        Assert.Equal(0, Diff("a", "a").Exit);
        Assert.Contains(
            "2 of 4 elements differ, first at [1], by 0.5 at most, at [3], 1 of them NaN or infinite on one side only",
            Diff("a", "b").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_values_of_other_bits_are_told_as_such()
    {
        _catalogs.Write("a", 1, u: _ => NdArray.From([0.0, 1], 2));
        _catalogs.Write("b", 1, u: _ => NdArray.From([-0.0, 1], 2));
        var result = Diff("a", "b");
        Assert.Equal(1, result.Exit);
        Assert.Contains("1 of 2 elements differ, first at [0], but only in bits", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new long[] { 1, 2 }, new long[] { 1, 5 }, "1 of 2 elements differ, first at [1], by 3 at most, at [1]")]
    [InlineData(new long[] { long.MinValue }, new long[] { long.MaxValue }, "by 1.84467440737095")]
    [InlineData(new long[] { 1, 2 }, new long[] { 1, 2, 3 }, "A has int64[2], B has int64[3]")]
    public void Whole_numbers_and_shapes_are_compared_too(long[] a, long[] b, string expected)
    {
        _catalogs.Write("a", 1, u: _ => NdArray.From(a, a.Length));
        _catalogs.Write("b", 1, u: _ => NdArray.From(b, b.Length));
        Assert.Contains(expected, Diff("a", "b").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void More_differences_than_wanted_are_counted()
    {
        _catalogs.Write("a", 4, u: step => Grid(step, 0));
        _catalogs.Write("b", 4, u: step => Grid(step, 1));
        var lines = Diff("a", "b", "--lines", "1").Output.Split('\n');
        Assert.Equal(["and 3 more", "A and B differ in 4 places (4 sessions compared)", ""], lines[1..]);
    }

    [Fact]
    public void A_damaged_session_is_an_error_and_no_difference()
    {
        _catalogs.Write("a", 1);
        Catalogs.Damage(_catalogs.Write("b", 1)[0]);
        var result = Diff("a", "b");
        Assert.Equal((1, ""), (result.Exit, result.Output));
        Assert.Contains("is damaged", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a@0", "A is a catalog, B is a session: these cannot be compared")]
    [InlineData("a", "nowhere", "nowhere is not a folder")]
    [InlineData("a@7", "a@0", "has 1 session; there is no session 7")]
    [InlineData("nowhere@0", "a@0", "nowhere is not a folder")]
    public void What_cannot_be_compared_is_bad_usage(string a, string b, string expected)
    {
        _catalogs.Write("a", 1);
        var result = Diff(a, b);
        Assert.Equal((2, ""), (result.Exit, result.Output));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_help_says_what_is_left_out()
    {
        var words = string.Join(' ', Invocation.Run("diff", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("commit ids, saved_at, epochs", words, StringComparison.Ordinal);
    }

    private static NdArray Grid(int step, float more) => NdArray.From([step, step + more, 2f, 3f, 4f, 5f + (2 * more)], 2, 3);

    private Invocation Diff(string a, string b, params string[] options) =>
        Invocation.Run(["diff", _catalogs.Path(a), _catalogs.Path(b), .. options]);
}
