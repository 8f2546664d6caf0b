using System.Text;
using System.Text.Json.Nodes;
using Cairn.Hocon.Values;
using static Cairn.Hocon.Tests.Reading;

namespace Cairn.Hocon.Tests.Yaml;

/// <summary>YAML means what its core schema says, with the places of its values, and what a spec cannot hold is an error.</summary>
public sealed class YamlTests
{
    [Theory]
    [InlineData("a: 1\nb: {c: [x, 2.5, true]}\n", "{'a':1,'b':{'c':['x',2.5,true]}}")]
    [InlineData("lead-times:\n  every: 6h\n  count: 40\n", "{'lead-times':{'every':'6h','count':40}}")]
    [InlineData("ensemble.size: 16\nensemble.seed: 3\n", "{'ensemble':{'size':16,'seed':3}}")]
    [InlineData("'a.b': 1\n", "{'a.b':1}")]
    [InlineData("a: yes\nb: 06:15\nc: 2024-01-01\nd: 1_000\n", "{'a':'yes','b':'06:15','c':'2024-01-01','d':'1_000'}")]
    [InlineData("a: '1'\nb: \"true\"\nc: !!str 5\n", "{'a':'1','b':'true','c':'5'}")]
    [InlineData("a: ~\nb:\nc: null\nd: True\n", "{'a':null,'b':null,'c':null,'d':true}")]
    [InlineData("a: 007\nb: +1\nc: .5\nd: 2.\ne: -1.5e-3\nf: 0x1F\ng: 0o17\n", "{'a':7,'b':1,'c':0.5,'d':2,'e':-1.5e-3,'f':31,'g':15}")]
    [InlineData("text: |\n  two\n  lines\n", "{'text':'two\\nlines\\n'}")]
    [InlineData("a: '${x}'\n", "{'a':'${x}'}")]
    [InlineData("# nothing\n", "{}")]
    [InlineData("", "{}")]
    [InlineData("--- {a: 1}\n...\n", "{'a':1}")]
    [InlineData("base: &b {x: 1, y: 2}\nmine: {<<: *b, y: 3}\n", "{'base':{'x':1,'y':2},'mine':{'x':1,'y':3}}")]
    [InlineData("p: &p {x: 1}\nq: &q {x: 2, y: 2}\nr:\n  <<: [*p, *q]\n", "{'p':{'x':1},'q':{'x':2,'y':2},'r':{'x':1,'y':2}}")]
    [InlineData("v: &v [u, v]\nw: *v\n", "{'v':['u','v'],'w':['u','v']}")]
    public void Means_what_the_core_schema_says(string yaml, string json) =>
        Assert.Equal(json.Replace('\'', '"'), Show(HoconReader.ReadYaml(yaml, options: Sealed)));

    [Fact]
    public void What_is_set_on_top_of_an_alias_does_not_show_in_its_anchor()
    {
        var options = Sealed with { Overrides = ["two.x=9"] };
        Assert.Equal("""{"one":{"x":1},"two":{"x":9}}""", Show(HoconReader.ReadYaml("one: &o {x: 1}\ntwo: *o\n", options: options)));
    }

    [Theory]
    [InlineData("a: 1\na: 2\n", 2, 1, "the key a a second time")]
    [InlineData("a: [1, 2\nb: 3\n", 1, 6, "text that is not YAML")]
    [InlineData("a: *b\n", 1, 4, "*b")]
    [InlineData("- 1\n", 1, 1, "a text or a list at the root")]
    [InlineData("a: 1\n---\nb: 2\n", 2, 1, "another document")]
    [InlineData("? [a]\n: 1\n", 1, 3, "a key that is not text")]
    [InlineData("a: !ruby/object:Gem 1\n", 1, 4, "a value of the type !ruby/object:Gem")]
    [InlineData("a: ${HOME}/x\n", 1, 4, "a substitution in ${HOME}/x")]
    [InlineData("a..b: 1\n", 1, 1, "the key a..b")]
    [InlineData("a: {<<: 1}\n", 1, 9, "a value of << that is not a mapping")]
    [InlineData("a:\n\t- 1\n", 1, 2, "text that is not YAML")]
    [InlineData("a: 1\nb: !!s]tr 1\n", 2, 2, "text that is not YAML (a malformed tag)")]
    public void Mistakes_are_told_by_line_and_column(string yaml, int line, int column, string found)
    {
        var error = Assert.Throws<HoconException>(() => HoconReader.ReadYaml(yaml, "run.yaml", Sealed));
        Assert.StartsWith(found, error.Found, StringComparison.Ordinal);
        Assert.Equal(("run.yaml", line, column), (error.File, error.Line, error.Column));
    }

    [Fact]
    public void Values_know_their_lines()
    {
        var root = HoconReader.ReadYaml("a: 1\nb:\n  c:\n    - x\n    - y\n", "run.yaml", Sealed);
        Assert.Equal(3, root.Find("b", "c")!.Origin.Line - 1);
        Assert.Equal("run.yaml:5:7", $"{((HoconArray)root.Find("b", "c")!).Items[1].Origin}");
    }

    [Fact]
    public void A_small_text_that_means_much_is_refused()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
            yaml.AppendLine(FormattableString.Invariant($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]"));

        var error = Assert.Throws<HoconException>(() => HoconReader.ReadYaml(yaml.ToString(), options: Sealed));
        Assert.Contains("aliases expanded", error.Found, StringComparison.Ordinal);
        var deep = $"a: {new string('[', 2000)}1{new string(']', 2000)}";
        error = Assert.Throws<HoconException>(() => HoconReader.ReadYaml(deep, options: Sealed));
        Assert.Contains("nest", error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_HOCON_file_may_include_a_YAML_one()
    {
        var options = Sealed with
        {
            OpenFile = path => path == "/specs/base.yaml" ? new MemoryStream("model: {kind: persistence}\n"u8.ToArray()) : null,
        };
        var root = HoconReader.ReadText("include \"base.yaml\"\nname = x", options: options, file: "/specs/run.conf");
        Assert.Equal("""{"model":{"kind":"persistence"},"name":"x"}""", Show(root));
        Assert.Equal("/specs/base.yaml", root.Find("model", "kind")!.Origin.File);
    }

    /// <summary>JSON is YAML: whatever both readers take has one meaning.</summary>
    [Fact]
    public void Random_JSON_means_the_same_in_YAML_and_HOCON()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 300; i++)
        {
            var tree = new JsonObject { ["a"] = Random(random, 4), ["b"] = Random(random, 4) };
            var json = tree.ToJsonString(new() { WriteIndented = i % 2 == 0 });
            var (hocon, yaml) = (Show(HoconReader.ReadText(json, options: Sealed)), Show(HoconReader.ReadYaml(json, options: Sealed)));
            Assert.True(hocon == yaml, $"seed {seed}: {json}\nHOCON {hocon}\nYAML  {yaml}");
        }
    }

    /// <summary>Whatever the text, it is read or refused with its place.</summary>
    [Fact]
    public void Damaged_YAML_is_read_or_refused()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        const string Whole = "a: &x [1, {b: 'c'}]\nd:\n  - *x\n  - \"e\"\n<<: {f: |\n  g\n  }\nh: !!str 1 # i\n? j\n: k\n--- %\t`@";
        for (var i = 0; i < 3000; i++)
        {
            var text = new StringBuilder(Whole);
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                var (at, put) = (random.Next(text.Length), Whole[random.Next(Whole.Length)]);
                _ = random.Next(3) switch
                {
                    0 => text.Remove(at, 1),
                    1 => text.Insert(at, put),
                    _ => text.Remove(at, Math.Min(text.Length - at, random.Next(12))).Append(put),
                };
            }

            try
            {
                HoconReader.ReadYaml(text.ToString(), options: Sealed);
            }
            catch (HoconException e)
            {
                Assert.True(e.Line > 0 && e.Column > 0, $"seed {seed}: {e.Message}\n{text}");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}: {e.GetType()} {e.Message}\n{text}");
            }
        }
    }

    private static JsonNode? Random(Random random, int depth) => random.Next(depth > 0 ? 8 : 6) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.Next(-1000, 1000),
        3 => Math.Round(random.NextDouble() * 1000, 3),
        4 => new string([.. Enumerable.Range(0, random.Next(8)).Select(_ => (char)random.Next(32, 127)).Where(c => c != '$')]),
        5 => "ä\n\"\\ x",
        6 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Random(random, depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(k => KeyValuePair.Create($"k{k}", Random(random, depth - 1)))),
    };
}
