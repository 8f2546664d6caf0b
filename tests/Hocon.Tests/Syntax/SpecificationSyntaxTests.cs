using static Cairn.Hocon.Tests.Reading;

namespace Cairn.Hocon.Tests.Syntax;

/// <summary>The syntax examples of the specification (HOCON.md), section by section.</summary>
public sealed class SpecificationSyntaxTests
{
    [Theory]
    [InlineData("", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("# only a comment", "{}")]
    [InlineData("a = 1 // one\nb = 2 # two", "{'a':1,'b':2}")]
    [InlineData("a = \"x // # y\"", "{'a':'x // # y'}")]
    [InlineData("\ufeffa\u00a0=\u20091", "{'a':1}")]
    [InlineData("\"foo\" {}", "{'foo':{}}")]
    [InlineData("foo\n{ x : 1 }", "{'foo':{'x':1}}")]
    [InlineData("a : 1, b = 2\nc { d = 3, }", "{'a':1,'b':2,'c':{'d':3}}")]
    public void Braces_separators_and_comments_may_be_as_the_specification_allows(string text, string json) => Means(text, json);

    [Theory]
    [InlineData("a = [1,2,3,]", "{'a':[1,2,3]}")]
    [InlineData("a = [1\n2\n3]", "{'a':[1,2,3]}")]
    [InlineData("a = [\n 1 # one\n\n 2,\n 3\n]", "{'a':[1,2,3]}")]
    [InlineData("a = [ 1 2 3 4 ]", "{'a':['1 2 3 4']}")]
    [InlineData("a = [ [ 1, 2 ] [ 3, 4 ] ]", "{'a':[[1,2,3,4]]}")]
    [InlineData("a = [ [ 1, 2 ]\n [ 3, 4 ] ]", "{'a':[[1,2],[3,4]]}")]
    public void Array_elements_are_divided_by_commas_or_newlines_only(string text, string json) => Means(text, json);

    [Theory]
    [InlineData("a = [1,2,3,,]")]
    [InlineData("a = [,1,2,3]")]
    [InlineData("a = [1,,2,3]")]
    [InlineData("{ a = 1,, b = 2 }")]
    [InlineData("{ , a = 1 }")]
    [InlineData("{ a = 1")]
    [InlineData("a = 1 }")]
    [InlineData("a = [1")]
    [InlineData("[1, 2]")]
    [InlineData("{} x")]
    [InlineData("a = ")]
    [InlineData("a = ,")]
    [InlineData("a")]
    [InlineData("a = 1 b = 2")]
    [InlineData("a = @x")]
    [InlineData("a = $x")]
    [InlineData("a = ${x")]
    [InlineData("${a} = 1")]
    [InlineData("a = \"open")]
    [InlineData("a = \"two\nlines\"")]
    [InlineData("a = \"\\q\"")]
    [InlineData("a = \"\\u12x4\"")]
    [InlineData("a = \"\"\"open\"")]
    [InlineData("a..b = 1")]
    [InlineData(".a = 1")]
    [InlineData("a. = 1")]
    [InlineData("= 1")]
    [InlineData("include = 1")]
    [InlineData("include foo")]
    [InlineData("include url(\"https://example.org/x\")")]
    [InlineData("include \"https://example.org/x/y\"")]
    [InlineData("a = { } x")]
    [InlineData("a = [ ] x")]
    [InlineData("a = [ ] { }")]
    public void Malformed_text_is_refused(string text) => Fails(text);

    [Fact]
    public void Duplicate_keys_override_or_merge()
    {
        Means("a = 1, a = 2", "{'a':2}");
        Means("foo { a = 42 }, foo { b = 43 }", "{'foo':{'a':42,'b':43}}");
        Means("foo { a = 42 }, foo = null, foo { b = 43 }", "{'foo':{'b':43}}");
        Means("a { x = 1 }, a = 42, a { y = 2 }", "{'a':{'y':2}}");
    }

    [Theory]
    [InlineData("a = truefoo", "'truefoo'")]
    [InlineData("a = true foo", "'true foo'")]
    [InlineData("a = true", "true")]
    [InlineData("a = null", "null")]
    [InlineData("a = 10.0bar", "'10.0bar'")]
    [InlineData("a = bar10.0", "'bar10.0'")]
    [InlineData("a = 1990-01-16", "'1990-01-16'")]
    [InlineData("a = -1.5e+3", "-1.5e+3")]
    [InlineData("a = 1e5", "1e5")]
    [InlineData("a = 007", "'007'")]
    [InlineData("a =  foo   bar ", "'foo   bar'")]
    [InlineData("a = foo\"  \"bar", "'foo  bar'")]
    [InlineData("a = include", "'include'")]
    [InlineData("a = ../data/x.nc # there", "'../data/x.nc'")]
    [InlineData("a = x // y", "'x'")]
    [InlineData("a = x// y", "'x'")]
    [InlineData("a = 1//y", "1")]
    [InlineData("a = \"x\"//y", "'x'")]
    public void Scalars_keep_their_text_and_take_their_kind_from_it(string text, string json) => Means(text, "{'a':" + json + "}");

    [Theory]
    [InlineData("a = /data//winds", 1, 10)]
    [InlineData("b = /data\na = ${b}//winds", 2, 9)]
    [InlineData("a = [\"x\", x//y]", 1, 12)]
    public void Unquoted_text_that_a_comment_would_cut_is_refused_at_its_place(string text, int line, int column)
    {
        // The specification cuts it without a word.
        var cut = Assert.Throws<HoconException>(() => HoconReader.ReadText(text));
        Assert.Equal((line, column), (cut.Origin.Line, cut.Origin.Column));
        Assert.Contains("quotes", cut.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Quoted_text_knows_the_escapes_of_JSON()
        => Assert.Equal("\" \\ / \b \f \n \r \t é", Text("""a = "\" \\ \/ \b \f \n \r \t \u00e9" """));

    [Theory]
    [InlineData("a = \"\"\"foo\"\"\"\"", "foo\"")]
    [InlineData("a = \"\"\"line 1\n  line \\n 2\"\"\"", "line 1\n  line \\n 2")]
    [InlineData("a = \"\"\"\"\"\"", "")]
    public void Triple_quoted_text_is_taken_as_it_is(string text, string expected) => Assert.Equal(expected, Text(text));

    [Theory]
    [InlineData("10.0foo = 1", "{'10':{'0foo':1}}")]
    [InlineData("foo10.0 = 1", "{'foo10':{'0':1}}")]
    [InlineData("foo\"10.0\" = 1", "{'foo10.0':1}")]
    [InlineData("1.2.3 = 1", "{'1':{'2':{'3':1}}}")]
    [InlineData("true = 1", "{'true':1}")]
    [InlineData("3.14 : 42", "{'3':{'14':42}}")]
    [InlineData("a.\"\".b = 1", "{'a':{'':{'b':1}}}")]
    [InlineData("foo.bar.\"hello.world\" = 1", "{'foo':{'bar':{'hello.world':1}}}")]
    [InlineData("a b c : 42", "{'a b c':42}")]
    [InlineData("a.x : 42, a.y : 43", "{'a':{'x':42,'y':43}}")]
    [InlineData("foo include : 42", "{'foo include':42}")]
    [InlineData("\"include\" : 42", "{'include':42}")]
    [InlineData("included : 42", "{'included':42}")]
    public void Keys_are_path_expressions(string text, string json) => Means(text, json);

    [Fact]
    public void An_error_names_the_place_what_was_found_and_what_was_expected()
    {
        var error = Fails("a = 1\nb = [1\n  2 }");

        Assert.Equal((3, 5), (error.Line, error.Column));
        Assert.Equal("text", error.File);
        Assert.Equal("text:3:5: found '}'; expected a comma, a newline or ']'", error.Message);
    }

    [Fact]
    public void Values_know_where_they_were_written()
    {
        var value = Read("a = 1\nb {\n  c =  foo bar\n}").Find("b", "c");

        Assert.Equal("text:3:8", value!.Origin.ToString());
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{ a = ")]
    public void Nesting_is_limited(string open)
        => Assert.Contains("nested too deeply", Fails("a = " + string.Concat(Enumerable.Repeat(open, 9999))).Found);

    [Fact]
    public void Long_paths_count_as_nesting()
        => Assert.Contains("nested too deeply", Fails(string.Join('.', Enumerable.Repeat("a", 9999)) + " = 1").Found);

    private static string Text(string text) => ((Cairn.Hocon.Values.HoconScalar)Read(text)["a"]).Text;
}
