using static Cairn.Engine.Sources.InitialVariables;

namespace Cairn.Engine.Sources;

/// <summary>Noise on a grid that the spec gives.</summary>
internal sealed class RandomSource() : SourceKind("random", "noise")
{
    public override bool NeedsGrid => true;
    public override SettingSection Section => Settings.Section;

    public override InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        var noise = reader.Get(Settings.Variables);
        var times = reader.Get(Settings.Times);
        return new InitialSpec(Word, "", times.First, [.. noise.Select(n => new InitialVariable(n.Name, ""))])
        {
            LaterTimes = times.Later,
            Noise = [.. noise.Select(n => n.Noise)],
            Seed = reader.Get(Settings.NoiseSeed),
        };
    }

    public override InitialCondition Load(InitialSpec spec) => RandomFields.Read(spec);

    private static class Settings
    {
        public static readonly SettingSection<InitialSpec> Section = new(
            "initial", spec => spec.Initial, InitialSettings.Source.Is("random"));

        public static readonly Setting<InitialTimes> Times = TimesIn(Section);

        public static readonly Setting<IReadOnlyList<(string Name, RandomFieldSpec Noise)>> Variables = Section.Add(
            "variables", Noise(), i => [.. i.Variables.Zip(i.Noise, (v, n) => (v.Name, n))], shapes: Shaping.Numbers,
            example: "{ u { mean = 10, amplitude = 5, length-scale-km = 1000 } }",
            help: "The noise of each of the model's variables, in channel order: { u { mean = 10, amplitude = 5, length-scale-km = "
                + "1000 } }, by default mean 0, amplitude 1 and no length (independent grid points).");

        public static readonly Setting<long> NoiseSeed = Section.Add(
            "seed", Seed, i => i.Seed, usual: 0, shapes: Shaping.Numbers, help: "The seed of the noise, a whole number of 64 bits.");
    }
}

/// <summary>A mean and noise for each variable: what <c>initial { source = random }</c> reads. Every member starts from the same draw; it
/// depends on <c>initial.seed</c> and the variable's place among the variables alone.</summary>
internal static class RandomFields
{
    // A run whose two seeds are equal must not perturb its members with the very noise that they start from.
    private const ulong Apart = 0x696E_6974_6961_6C21;

    internal static InitialCondition Read(InitialSpec spec)
    {
        var grid = spec.Grid!.ToGrid();
        var fields = spec.Noise.SelectMany((noise, i) => Field(noise, grid, unchecked((ulong)spec.Seed) ^ Apart, i));
        var units = spec.Variables.ToDictionary(v => v.Name, _ => (string?)null);
        return new InitialCondition(
            spec.VariableNames, grid, [.. fields], spec.Time!.ToTime(), units);
    }

    private static double[] Field(RandomFieldSpec spec, LatLonGrid grid, ulong seed, int variable)
    {
        INoise noise = spec.LengthScaleKm is { } length
            ? new SphericalNoise(grid, new SphericalSpectrum.Gaussian(length))
            : new WhiteNoise(grid);
        using var generator = MemberGenerator.FromSeed(seed, variable);
        using var drawn = randn([noise.Numbers], ScalarType.Float64, generator: generator);
        return [.. noise.Fields([drawn.ToArray<double>()])[0].Select(value => spec.Mean + (spec.Amplitude * value))];
    }
}
