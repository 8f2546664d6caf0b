using System.Text;
using static Cairn.Hocon.Tests.Reading;

namespace Cairn.Hocon.Tests.Resolution;

public sealed class IncludeTests
{
    [Fact]
    public void Included_keys_stand_in_the_place_of_the_statement()
    {
        var options = Files(("/etc/run/more.conf", "a = 2, b = 2, c = 2"));

        Assert.Equal("{\"a\":2,\"b\":3,\"c\":2}", ReadMain("a = 1\ninclude \"more.conf\"\nb = 3", options));
    }

    [Theory]
    [InlineData("include \"sub/x.conf\"")]
    [InlineData("include file(\"sub/x.conf\")")]
    [InlineData("include required(\"sub/x.conf\")")]
    [InlineData("include required( file( \"/etc/run/sub/x.conf\" ) )")]
    [InlineData("include \"sub/x\"")]
    public void Names_are_relative_to_the_including_file(string statement)
    {
        var options = Files(("/etc/run/sub/x.conf", "include \"y.conf\""), ("/etc/run/sub/y.conf", "y = 1"));

        Assert.Equal("{\"y\":1}", ReadMain(statement, options));
    }

    [Fact]
    public void Substitutions_of_an_included_file_are_looked_up_below_it_first_and_then_at_the_root()
    {
        var options = Files(("/etc/run/foo.conf", "x : 10, y : ${x}, z : ${w}"));

        Assert.Equal(
            "{\"w\":7,\"a\":{\"x\":42,\"y\":42,\"z\":7}}",
            ReadMain("w = 7, a { include \"foo.conf\" }, a { x : 42 }", options));
    }

    [Fact]
    public void Appending_in_an_included_file_adds_to_the_place_where_it_is_included()
    {
        var options = Files(("/etc/run/foo.conf", "x += 2"));

        Assert.Equal("{\"a\":{\"x\":[1,2]}}", ReadMain("a { x = [1]\n include \"foo.conf\" }", options));
    }

    [Fact]
    public void A_missing_file_matters_only_if_required()
    {
        Assert.Equal("{}", ReadMain("include \"gone.conf\"", Files()));
        var error = Assert.Throws<HoconException>(() => ReadMain("include required(\"gone.conf\")", Files()));
        Assert.Contains("gone.conf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_name_the_included_file()
    {
        var options = Files(("/etc/run/more.conf", "\n\na = 2"));
        var value = HoconReader.ReadText("include \"more.conf\"", "main", options, "/etc/run/main.conf")["a"];

        Assert.Equal(("/etc/run/more.conf", 3), (value.Origin.File, value.Origin.Line));
    }

    [Fact]
    public void A_cycle_is_named()
    {
        var options = Files(("/r/a.conf", "include \"b.conf\""), ("/r/b.conf", "include \"a.conf\""));
        var error = Assert.Throws<HoconException>(() => HoconReader.ReadFile("/r/a.conf", options));

        Assert.Contains("/r/a.conf -> /r/b.conf -> /r/a.conf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_number_are_limited()
    {
        var chain = Enumerable.Range(0, 40).Select(i => ($"/r/{i}.conf", $"include \"{i + 1}.conf\"")).ToArray();
        Assert.Throws<HoconException>(() => HoconReader.ReadFile("/r/0.conf", Files(chain)));

        var doubling = Enumerable.Range(0, 12)
            .Select(i => ($"/r/{i}.conf", $"include \"{i + 1}.conf\"\ninclude \"{i + 1}.conf\"")).ToArray();
        Assert.Throws<HoconException>(() => HoconReader.ReadFile("/r/0.conf", Files(doubling)));
    }

    [Fact]
    public void Text_without_a_folder_and_arrays_take_no_relative_include()
    {
        Assert.Contains("folder", Fails("include \"x.conf\"").Message, StringComparison.Ordinal);
        Assert.Contains("array", Fails("a = [{ include \"/x.conf\" }]").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_too_large_or_not_text_is_refused()
    {
        Assert.Contains("no such file", Assert.Throws<HoconException>(() => HoconReader.ReadFile("/r/x.conf", Files())).Message);
        var large = Files(("/r/x.conf", new string(' ', 100))) with { MaxFileBytes = 99 };
        Assert.Contains("larger", Assert.Throws<HoconException>(() => HoconReader.ReadFile("/r/x.conf", large)).Message);
        var binary = Sealed with { OpenFile = _ => new MemoryStream([0xc3, 0x28]) };
        Assert.Contains("UTF-8", Assert.Throws<HoconException>(() => HoconReader.ReadFile("/r/x.conf", binary)).Message);
    }

    private static HoconOptions Files(params (string Path, string Text)[] files)
    {
        var all = files.ToDictionary(f => f.Path, f => f.Text);
        return Sealed with
        {
            OpenFile = path => all.TryGetValue(path, out var text) ? new MemoryStream(Encoding.UTF8.GetBytes(text)) : null,
        };
    }

    private static string ReadMain(string text, HoconOptions options)
        => Show(HoconReader.ReadText(text, "main", options, "/etc/run/main.conf"));
}
