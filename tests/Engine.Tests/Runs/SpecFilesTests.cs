using System.Text.Json;
using Cairn.Hocon.Values;
using Cairn.Hocon;

namespace Cairn.Engine.Tests.Runs;

/// <summary>The specs and the reference that are handed out.</summary>
public sealed partial class SpecFilesTests
{
    private static readonly string Root = typeof(SpecFilesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    [Fact]
    public void The_reference_lists_every_setting_and_no_other()
    {
        // A setting without a default is commented out: "# key = example" or "# key { example }".
        var text = CommentedOut().Replace(File.ReadAllText(Reference), "$1");
        var listed = Leaves(HoconReader.ReadText(text), "").Order(StringComparer.Ordinal);

        var known = RunSettings.All.Concat(ServiceSettings.All).Select(s => s.Key).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(known, listed);
    }

    [Fact]
    public void The_defaults_of_the_reference_are_those_of_the_reader()
    {
        using var folder = new SpecFolder();
        folder.Write("reference.conf", HoconWriter.Render(Of(HoconReader.ReadFile(Reference), RunSettings.All, "")));
        var plain = folder.Read(SpecFolder.Whole);
        var stated = folder.Read("include required(\"reference.conf\")\n" + SpecFolder.Whole);

        Assert.Equal(RunSpecJson.Write(plain).ToJsonString(), RunSpecJson.Write(stated).ToJsonString());
    }

    [Fact]
    public void The_defaults_of_the_reference_are_those_of_the_programs_of_a_cluster()
    {
        using var folder = new SpecFolder();
        folder.Write("all.conf", HoconWriter.Render(Of(HoconReader.ReadFile(Reference), ServiceSettings.All, "")));
        var plain = ServiceSettings.Read(null, [], _ => null, "/nowhere");
        var stated = ServiceSettings.Read(folder.Path("all.conf"), [], _ => null, "/nowhere");

        Assert.Equal(plain.Seed.Address, stated.Seed.Address);
        Assert.Equal(JsonSerializer.Serialize(plain.Cluster), JsonSerializer.Serialize(stated.Cluster));
        Assert.Equal(Text(plain.Seed), Text(stated.Seed));

        static string Text(SeedSettings settings) => JsonSerializer.Serialize(settings with { Address = null! });
    }

    [Fact]
    public void Every_setting_of_the_reference_has_a_comment()
    {
        var lines = File.ReadAllLines(Reference);
        var bare = lines.Index().Where(l => SettingLine().IsMatch(l.Item))
            .Where(l => !lines[l.Index - 1].TrimStart().StartsWith("# ", StringComparison.Ordinal));

        Assert.Empty(bare);
    }

    [Fact]
    public void The_example_of_january_winds_is_the_run_of_the_design()
    {
        var spec = RunSpecReader.Read(Path.Combine(Root, "examples", "january-winds.conf"), workingDirectory: "/nowhere");

        Assert.Equal((16, 4, 42L, 4), (spec.Ensemble.Size, spec.Ensemble.BatchSize, spec.Ensemble.Seed, spec.BatchCount));
        Assert.Equal((TimeSpan.FromHours(6), 40, 12), (spec.LeadTimes.Every, spec.LeadTimes.Count, spec.StepsPerBoundary));
        Assert.Equal("/nowhere/out/january-winds/fields.zarr", spec.Output.Path);
        Assert.Equal(["vorticity", "u", "v"], spec.Output.Variables);
        Assert.True(File.Exists(spec.Initial.Path));
    }

    [Fact]
    public void The_example_of_a_users_model_has_no_mistake_of_its_own()
    {
        using var folder = new SpecFolder();
        folder.Write("model.ts", "");
        var overrides = new[] { $"model.path=\"{folder.Path("model.ts")}\"" };
        var spec = RunSpecReader.Read(Path.Combine(Root, "examples", "my-model.conf"), overrides, "/nowhere");

        Assert.Equal(["u", "v"], spec.Model.Of<ScriptSpec>()!.Variables);
    }

    /// <summary>The part of the reference that a reader of some settings is given.</summary>
    private static HoconObject Of(HoconObject holder, IReadOnlyList<Setting> known, string prefix) => new(
        holder.Origin,
        from key in holder.Keys
        let path = prefix + key
        let isSetting = known.Any(s => s.Key == path)
        where isSetting || known.Any(s => s.Key.StartsWith(path + ".", StringComparison.Ordinal))
        select KeyValuePair.Create(key, isSetting ? holder[key] : Of((HoconObject)holder[key], known, path + ".")));

    private static string Reference => Path.Combine(Root, "hocon", "reference.conf");

    private static IEnumerable<string> Leaves(HoconObject holder, string prefix) => holder.Keys.SelectMany(name =>
        holder[name] is HoconObject inner && RunSettings.All.Concat(ServiceSettings.All).All(s => s.Key != prefix + name)
            ? Leaves(inner, prefix + name + ".")
            : [prefix + name]);

    [GeneratedRegex(@"^ *# ([a-z_-]+ (=|\{) .*)$", RegexOptions.Multiline)]
    private static partial Regex CommentedOut();

    [GeneratedRegex(@"^ *(# )?[a-z_-]+ (= .*|\{ .*\})$")]
    private static partial Regex SettingLine();
}
