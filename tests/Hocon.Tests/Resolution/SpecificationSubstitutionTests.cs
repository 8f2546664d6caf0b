using static Cairn.Hocon.Tests.Reading;

namespace Cairn.Hocon.Tests.Resolution;

/// <summary>The substitution examples of the specification (HOCON.md).</summary>
public sealed class SpecificationSubstitutionTests
{
    [Theory]
    [InlineData("a = cat\nkey : ${a} is my favorite animal", "{'a':'cat','key':'cat is my favorite animal'}")]
    [InlineData("a = cat\nkey : ${a}\" is mine\"", "{'a':'cat','key':'cat is mine'}")]
    [InlineData("a = ${b}, b = 1", "{'a':1,'b':1}")]
    [InlineData("a = \"${b}\"", "{'a':'${b}'}")]
    [InlineData("b = 1, a = ${b} ${b}", "{'b':1,'a':'1 1'}")]
    [InlineData("b = [1], a = ${b} ${b}", "{'b':[1],'a':[1,1]}")]
    [InlineData("b = [1], a = [${b}, ${b} [2]]", "{'b':[1],'a':[[1],[1,2]]}")]
    [InlineData("g = { size = 6 }, e = ${g} { name = \"east\" }", "{'g':{'size':6},'e':{'size':6,'name':'east'}}")]
    [InlineData("x = null, a = ${x}", "{'x':null,'a':null}")]
    [InlineData("a : { b : 1 } { c : 2 }", "{'a':{'b':1,'c':2}}")]
    [InlineData("a : [ 1, 2 ] [ 3, 4 ]", "{'a':[1,2,3,4]}")]
    public void Substitutions_bring_values_and_join(string text, string json) => Means(text, json);

    [Theory]
    [InlineData("a = ${?x}", "{}")]
    [InlineData("a = 1, a = ${?x}", "{'a':1}")]
    [InlineData("a = [1, ${?x}, 2]", "{'a':[1,2]}")]
    [InlineData("a = foo${?x}bar", "{'a':'foobar'}")]
    [InlineData("a = ${?x} [1]", "{'a':[1]}")]
    [InlineData("a = ${?x} { b = 1 }", "{'a':{'b':1}}")]
    [InlineData("foo : ${?bar}${?baz}", "{}")]
    public void Missing_optional_substitutions_give_way(string text, string json) => Means(text, json);

    [Theory]
    [InlineData("path : \"a:b:c\"\npath : ${path}\":d\"", "{'path':'a:b:c:d'}")]
    [InlineData("path = [ /bin ]\npath = ${path} [ /usr/bin ]", "{'path':['/bin','/usr/bin']}")]
    [InlineData("foo : { a : 1 }\nfoo : ${foo}", "{'foo':{'a':1}}")]
    [InlineData("foo : ${?foo}", "{}")]
    [InlineData("foo : ${does-not-exist}\nfoo : 42", "{'foo':42}")]
    [InlineData("foo : ${foo}, foo : 42", "{'foo':42}")]
    [InlineData("foo : { a : { c : 1 } }\nfoo : ${foo.a}\nfoo : { a : 2 }", "{'foo':{'a':2,'c':1}}")]
    [InlineData("bar : { foo : 42,\n baz : ${bar.foo} }", "{'bar':{'foo':42,'baz':42}}")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }\nbar : { foo : 43 }", "{'bar':{'foo':43,'baz':43}}")]
    [InlineData("bar : { a : ${foo.d}, b : 1 }\nbar.b = 3\nfoo : { c : ${bar.b}, d : 2 }\nfoo.d = 4",
        "{'bar':{'a':4,'b':3},'foo':{'c':3,'d':4}}")]
    [InlineData("a = ${?a}foo", "{'a':'foo'}")]
    [InlineData("a : 1\nb : 2\na : ${b}\nb : ${a}", "{'a':1,'b':1}")]
    public void Self_references_look_back(string text, string json) => Means(text, json);

    [Fact]
    public void What_was_found_while_looking_back_is_not_kept_as_the_final_value()
        => Means("b = ${?a}x, a = ${?b}y", "{'b':'yx','a':'yxy'}");

    [Fact]
    public void Hidden_definitions_are_not_evaluated_on_the_way_to_a_deeper_path()
        => Means("a = ${missing}, a = ${seven}, seven = 7, c = ${?a.x}", "{'a':7,'seven':7}");

    [Theory]
    [InlineData("a += 1, a += 2", "{'a':[1,2]}")]
    [InlineData("a = [1], a += [2]", "{'a':[1,[2]]}")]
    [InlineData("x { a += 1 }, x.a += 2", "{'x':{'a':[1,2]}}")]
    [InlineData("b = [{ a = [1], a += 2 }]", "{'b':[{'a':[1,2]}]}")]
    [InlineData("base { x = [1] }, a = ${base} { x += 2 }", "{'base':{'x':[1]},'a':{'x':[1,2]}}")]
    [InlineData("base { x = [1] }, a = ${base}, a { x = ${a.x} [2] }", "{'base':{'x':[1]},'a':{'x':[1,2]}}")]
    public void Appending_adds_to_what_was_there(string text, string json) => Means(text, json);

    [Theory]
    [InlineData("a = ${b}")]
    [InlineData("foo : ${foo}")]
    [InlineData("foo : ${foo}\nfoo : { a : 1 }")]
    [InlineData("bar : ${foo}\nfoo : ${bar}")]
    [InlineData("a : ${b}\nb : ${c}\nc : ${a}")]
    [InlineData("a : { b : ${a} }")]
    [InlineData("a : [${a}]")]
    [InlineData("a = 1, a += 2")]
    [InlineData("x = 1, a = ${x} { b = 2 }")]
    [InlineData("x = [1], a = foo ${x}")]
    [InlineData("x = [1], y = {}, a = ${x} ${y}")]
    public void What_cannot_be_resolved_is_refused(string text) => Fails(text);

    [Fact]
    public void The_environment_stands_in_for_missing_keys_but_not_for_null()
    {
        var options = Sealed with { Environment = name => name == "HOME" ? "/scratch" : null };

        Means("a = ${HOME}/x", "{'a':'/scratch/x'}", options);
        Means("HOME = here, a = ${HOME}", "{'HOME':'here','a':'here'}", options);
        Means("HOME = null, a = ${HOME}", "{'HOME':null,'a':null}", options);
        Means("a = ${?PATH}", "{}", options);
    }

    [Fact]
    public void An_unresolved_substitution_is_named_with_its_place()
        => Assert.StartsWith("text:2:6: found ${a.b}, which is not defined", Fails("x = 1\ny =  ${a.b}").Message);

    [Fact]
    public void Overrides_come_last_and_say_so()
    {
        var options = Sealed with { Overrides = ["a.b = 2", "c=${a.b}x", "d += 3"] };
        var root = Read("a { b = 1, x = 0 }, e = ${a.b}, d = [1]", options);

        Assert.Equal("{'a':{'b':2,'x':0},'e':2,'d':[1,3],'c':'2x'}".Replace('\'', '"'), Show(root));
        Assert.Equal("--set a.b", root.Find("a", "b")!.Origin.Source);
        Assert.Equal("--set a.b", Fails("", Sealed with { Overrides = ["a.b=["] }).File);
        Assert.Contains("expected key=value", Fails("", Sealed with { Overrides = ["flag"] }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_that_double_at_every_line_are_stopped()
    {
        var lines = Enumerable.Range(1, 60).Select(i => $"a{i} = ${{a{i - 1}}}${{a{i - 1}}}");

        Assert.Contains("characters", Fails("a0 = xx\n" + string.Join('\n', lines)).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_chains_of_substitutions_are_stopped()
    {
        var lines = Enumerable.Range(1, 5000).Select(i => $"a{i} = [${{a{i + 1}}}]");

        Assert.Contains("chain", Fails(string.Join('\n', lines)).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_nest_through_substitutions_are_stopped()
    {
        var lines = Enumerable.Range(1, 200).Select(i => $"a{i} = [${{a{i - 1}}}]");

        Assert.Contains("nested too deeply", Fails("a0 = 1\n" + string.Join('\n', lines)).Found, StringComparison.Ordinal);
    }
}
