using Cairn.Engine.Tests.Runs;
using Cairn.Hocon;

namespace Cairn.Engine.Tests.Settings;

/// <summary>What holds of every setting that is declared.</summary>
public sealed class SettingTests : IDisposable
{
    private static readonly string Root = typeof(SettingTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    private readonly SpecFolder _folder = new();

    public static IEnumerable<object[]> All =>
        RunSettings.All.Concat(ServiceSettings.All).Select((setting, i) => new object[] { setting.Key, i });

    public static IEnumerable<object[]> Examples => Directory.EnumerateFiles(Path.Combine(Root, "examples"), "*.conf")
        .Select(path => Path.GetFileName(path)).Where(name => name != "my-model.conf").Order(StringComparer.Ordinal)
        .Select(name => new object[] { name });

    [Theory]
    [MemberData(nameof(All))]
    public void What_a_setting_prints_as_its_default_it_reads_as_that(string key, int at)
    {
        var setting = Setting(at);
        var (value, mistakes) = setting.Default is { } usual ? Read(setting, usual) : (null, []);

        Assert.Empty(mistakes);
        Assert.True(JsonNode.DeepEquals(setting.WriteDefault(), value), $"{key}: {setting.Default} was read as {value}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_settings_example_is_a_value_that_it_takes_and_writes_again(string key, int at)
    {
        var setting = Setting(at);
        if (setting.Example is not { } example)
        {
            Assert.True(setting.Default is not null, $"{key} is shown with neither a default nor an example");
            return;
        }
        var (value, mistakes) = Read(setting, example);
        var (again, more) = Read(setting, SpecText.Hocon(value));

        Assert.Empty(mistakes.Concat(more));
        Assert.True(JsonNode.DeepEquals(value, again), $"{key}: {value} was read as {again}");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_value_that_no_setting_takes_is_a_mistake_of_any(string key, int at)
    {
        // Neither a scalar, nor an object, nor a list of scalars or objects.
        var (_, mistakes) = Read(Setting(at), "[[]]");

        Assert.Contains(mistakes, mistake => mistake.Key == key);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_settings_help_is_sentences(string key, int at)
    {
        var help = Setting(at).Help;

        Assert.True(char.IsUpper(help[0]) && help[^1] is '.' or '}', $"{key}: {help}");
    }

    [Fact]
    public void What_a_kind_declares_belongs_to_it_and_stands_among_all_settings()
    {
        (string Word, IEnumerable<SettingSection> Sections)[] kinds =
        [
            .. ModelKinds.All.Select(kind => (kind.Word, kind.Sections.AsEnumerable())),
            .. SourceKinds.All.Select(kind => (kind.Word, (IEnumerable<SettingSection>)[kind.Section])),
            // What vectors are bred from belongs to the kind of noise.
            .. PerturbationKinds.All.Where(kind => kind is not (BredVectorKind or CentredBredVectorKind))
                .Select(kind => (kind.Word, kind.Sections.AsEnumerable())),
        ];

        Assert.All(kinds, kind => Assert.All(kind.Sections.SelectMany(section => section.Settings), setting =>
        {
            Assert.Contains(kind.Word, setting.For!.Choices);
            Assert.Contains(setting, RunSettings.All);
        }));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void A_spec_that_is_written_from_the_declarations_reads_equal(string example)
    {
        var spec = RunSpecReader.Read(Path.Combine(Root, "examples", example), workingDirectory: _folder.Work);
        var json = RunSpecJson.Write(spec);
        var back = RunSpecJson.Read(json.ToJsonString(), "run.json");

        Assert.True(JsonNode.DeepEquals(json, RunSpecJson.Write(back)));
        Assert.Empty(RunSpecComparison.Differences(spec, back));
        Assert.Equal(spec.InputFiles(), back.InputFiles());
    }

    /// <summary>The digests were made before settings were declared; sessions on disk bear them.</summary>
    [Theory]
    [InlineData("", "8bed7293")]
    [InlineData("model { kind = barotropic, diffusion { order = 8, time-scale = 12h }, bounds { u = [-1e20, 0.1] } }", "015e74eb")]
    [InlineData("model { kind = torchscript, path = in.nc, variables = [v], outputs = [w, \"x y\"] }, initial.time = 7", "4489a0bd")]
    [InlineData("model { kind = onnx, path = in.nc, previous { v = u }, normalisation { u = [1, 0.1] }, members = together }", "d449f50d")]
    [InlineData("model { kind = onnx, path = in.nc, inputs { \"input.1\" = [v], b = [u] }, outputs { \"a.b\" = [u, v] } }", "e39f3178")]
    [InlineData("model { kind = python, class = \"m:C\", variables = [u], arguments { a = 1e-3, c { d = \"1\" } } }", "35904ab0")]
    [InlineData("ensemble { perturbation { kind = brown, amplitude { u = 0.1, v = 2 }, reddening = 1.5 } }", "760041f2")]
    [InlineData("ensemble.perturbation { kind = bred-vector, amplitude = 1, cycles = 7, spacing = 3h, seeding.reddening = 3 }", "fd303a8c")]
    [InlineData("ensemble { size = 2, perturbation { kind = lagged-ensemble, lags = [0h, -730.5h] } }", "ae5b7623")]
    [InlineData("initial.regrid { latitude = [60, 20, 41], longitude = [-20, 40, 61], method = conservative }", "4f454763")]
    [InlineData("initial { source = analytic, path = null, variables = null, case = zonal-jet, " + Grid + " }", "752ca631")]
    [InlineData("initial { source = random, path = null, variables = null, seed = 5, " + Grid + ", " + Noise + " }", "1cdad6d0")]
    [InlineData("initial { source = model, path = null, variables = null }, model { kind = shallow-water, nx = 65 }", "72e858b9")]
    public void The_digest_of_what_shapes_numbers_is_that_of_older_versions(string line, string expected) =>
        Assert.Equal(expected, SpecDigest.Of(_folder.Read(SpecFolder.Whole + line).ToNumerics())[..8]);

    [Fact]
    public void The_reference_is_what_the_program_prints() => Assert.True(
        File.ReadAllText(Path.Combine(Root, "hocon", "reference.conf")) == SettingReference.Render(),
        "hocon/reference.conf is made of the declarations, and they have changed: cairn reference --hocon > hocon/reference.conf");

    public void Dispose() => _folder.Dispose();

    private const string Grid = "grid { latitude = [90, -90, 73], longitude = [0, 357.5, 144] }";
    private const string Noise = "variables { u { mean = 10, length-scale-km = 900 }, v { amplitude = 3 } }";

    private static Setting Setting(int at) => RunSettings.All.Concat(ServiceSettings.All).ElementAt(at);

    /// <summary>Reads one setting; files are taken on trust.</summary>
    private static (JsonNode? Value, IReadOnlyList<SpecMistake> Mistakes) Read(Setting setting, string value)
    {
        var reader = new SettingReader(HoconReader.ReadText($"{setting.Key} = {value}"), new SpecContext("text", null, "/", null));
        return (setting.ReadBack(reader), reader.Mistakes);
    }
}
