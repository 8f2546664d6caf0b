namespace Cairn.Engine.Perturbations;

/// <summary>The settings of <c>ensemble.perturbation</c> that several kinds have.</summary>
internal static class PerturbationSettings
{
    public const string Prefix = "ensemble.perturbation";

    private static readonly SettingSection<PerturbationSpec> Section = new(Prefix, spec => spec.Ensemble.Perturbation);

    public static readonly Setting<string> Kind = Section.Add(
        "kind", LoadedExtensions.KindWord(PerturbationKinds.All.Select(kind => kind.Word)),
        p => p.Kind, usual: ZeroKind.Name, shapes: Shaping.Numbers,
        help: $"How members are perturbed: {string.Join(", ", PerturbationKinds.All.Select(kind => $"{kind.Word} ({kind.What})"))}. "
            + "docs/models.md describes them.");

    private static readonly SettingSection<PerturbationSpec> Noisy = new(
        Prefix, spec => spec.Ensemble.Perturbation,
        Kind.Is([.. PerturbationKinds.All.Where(kind => kind.HasNoise).Select(kind => kind.Word)]));

    private static readonly Setting<Amplitudes> Amplitude = Noisy.Add(
        "amplitude", Amplitudes.Type, p => new Amplitudes(p.Amplitude, p.AmplitudeOf), shapes: Shaping.Numbers, example: "0.5",
        help: "The standard deviation of the noise in the variables' unit, or one per variable: { u = 0.5, v = 0.4 }.");

    private static readonly Setting<IReadOnlyList<string>?> Variables = Noisy.Add(
        "variables", Names, p => p.Variables, unset: "all", shapes: Shaping.Numbers, example: "[u, v]",
        help: "Which input variables are perturbed. By default all.");

    /// <summary>All settings of <c>ensemble.perturbation</c>, in the order in which they are written.</summary>
    public static IEnumerable<SettingSection> Sections() =>
        [Section, Noisy, .. PerturbationKinds.All.SelectMany(kind => kind.Sections).Distinct()];

    public static PerturbationSpec Read(SettingReader reader, InitialSpec initial)
    {
        var spec = new PerturbationSpec(reader.Get(Kind), 0, null);
        var kind = PerturbationKinds.Of(spec);
        if (kind.HasNoise)
        {
            var variables = reader.Get(Variables);
            SpecChecks.AreAmong(reader, Variables.Key, variables, initial.VariableNames, "initial.variables");
            var amplitudes = reader.Get(Amplitude);
            SpecChecks.AreAmong(reader, Amplitude.Key, amplitudes.Named, initial.VariableNames, "initial.variables");
            spec = spec with { Amplitude = amplitudes.OfAll, AmplitudeOf = amplitudes.Of, Variables = variables };
        }
        return kind.Read(reader, spec);
    }

    /// <summary>One amplitude, or one by variable.</summary>
    /// <param name="OfAll">That of all variables; 0 where they have their own.</param>
    /// <param name="Of">Those that were given by variable.</param>
    private sealed record Amplitudes(double OfAll, IReadOnlyList<AmplitudeSpec> Of)
    {
        private const string Expected = "the standard deviation of the noise, a number of at least 0";

        private static readonly SettingType<double> One = Number(Expected, v => v >= 0);

        public static readonly SettingType<Amplitudes> Type = new("number, or object", Expected + ", or one by variable", TryRead, Write)
        {
            Otherwise = new Amplitudes(0, []),
        };

        /// <summary>The variables that were named, those with a mistake included.</summary>
        public IReadOnlyList<string> Named { get; private init; } = [];

        private static bool TryRead(SettingReader reader, string key, HoconValue value, out Amplitudes amplitudes)
        {
            amplitudes = Type.Otherwise;
            if (value is not HoconObject map)
            {
                var isGood = One.TryRead(reader, key, value, out var one);
                amplitudes = amplitudes with { OfAll = one };
                return isGood;
            }
            var read = new List<AmplitudeSpec>();
            foreach (var variable in map.Keys)
            {
                if (One.TryRead(reader, key, map[variable], out var amplitude))
                    read.Add(new AmplitudeSpec(variable, amplitude));
                else
                    reader.Wrong($"{key}.{variable}", map[variable], Expected);
            }
            amplitudes = new Amplitudes(0, read) { Named = map.Keys };
            return true;
        }

        private static JsonNode? Write(Amplitudes amplitudes) => amplitudes.Of.Count == 0
            ? amplitudes.OfAll
            : new JsonObject(amplitudes.Of.Select(a => KeyValuePair.Create(a.Variable, (JsonNode?)a.Amplitude)));
    }
}
