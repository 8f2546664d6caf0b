using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using Cairn.Hocon.Values;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Perturbations;

/// <summary>The settings of <c>ensemble.perturbation</c>.</summary>
internal static class PerturbationSettings
{
    private const string Prefix = "ensemble.perturbation";

    public static readonly SettingSection<PerturbationSpec> Section = new(Prefix, spec => spec.Ensemble.Perturbation);

    private static readonly Setting<PerturbationKind> Kind = Section.Add(
        "kind", Word<PerturbationKind>(), p => p.Kind, usual: PerturbationKind.Zero, shapes: Shaping.Numbers,
        help: "How members are made to differ: zero (not at all), gaussian (each grid point by itself), spherical-gaussian and "
            + "correlated-spherical-gaussian (isotropic on the sphere), brown (reddened on the plane of the grid), bred-vector, "
            + "hemispheric-centred-bred-vector, or lagged-ensemble. docs/models.md describes them.");

    private static readonly SettingChoice Bred = Kind.Is(PerturbationKind.BredVector, PerturbationKind.HemisphericCentredBredVector);

    private static readonly SettingChoice Noisy = Kind.Is(
        [.. Enum.GetValues<PerturbationKind>().Where(kind => new PerturbationSpec(kind, 0, null).HasNoise)]);

    private static readonly Setting<IReadOnlyList<TimeSpan>> Lags = Section.Add(
        "lags", LagList(), p => p.Lags, shapes: Shaping.Numbers, only: Kind.Is(PerturbationKind.LaggedEnsemble), example: "[0h, -6h, -12h]",
        help: "For each member the time, relative to the initial one, whose fields it starts from.");

    private static readonly Setting<Amplitudes> Amplitude = Section.Add(
        "amplitude", Amplitudes.Type, p => new Amplitudes(p.Amplitude, p.AmplitudeOf), shapes: Shaping.Numbers, only: Noisy, example: "0.5",
        help: "The standard deviation of the noise in the variables' unit, or one by variable: { u = 0.5, v = 0.4 }.");

    private static readonly Setting<IReadOnlyList<string>?> Variables = Section.Add(
        "variables", Names, p => p.Variables, unset: "all", shapes: Shaping.Numbers, only: Noisy, example: "[u, v]",
        help: "Which input variables are perturbed. By default all.");

    private static readonly NoiseSettings Noise = new(
        new(Prefix, spec => spec.Ensemble.Perturbation is { HasNoise: true, IsBred: false } p ? p.Noise : null),
        noise => Kind.Is(Enum.Parse<PerturbationKind>(noise.ToString())));

    private static readonly SettingSection<PerturbationSpec> Breeding = new(Prefix, spec => spec.Ensemble.Perturbation, Bred);

    private static readonly Setting<NoiseKind> SeedingKind = Breeding.Add(
        "seeding.kind", Word<NoiseKind>(), p => p.Noise.Kind, usual: NoiseKind.Brown, shapes: Shaping.Numbers, comparedLast: true,
        help: "The noise that vectors start from, gaussian, spherical-gaussian, correlated-spherical-gaussian or brown; its settings are "
            + "those of the perturbation of the same name.");

    private static readonly NoiseSettings SeedingNoise = new(
        new(Prefix + ".seeding", spec => spec.Ensemble.Perturbation is { IsBred: true } p ? p.Noise : null), kind => SeedingKind.Is(kind));

    private static readonly SettingSection<PerturbationSpec> Cycling = new(Prefix, spec => spec.Ensemble.Perturbation, Bred);

    private static readonly Setting<int> Cycles = Cycling.Add(
        "cycles", Integer("how often a vector is bred", 1, 10_000), p => p.Cycles, shapes: Shaping.Numbers, comparedLast: true,
        unset: "20 or 3, by the kind", example: "20",
        help: "How many cycles, by default 20 of bred-vector and 3 of hemispheric-centred-bred-vector.");

    private static readonly Setting<TimeSpan?> Spacing = Cycling.Add(
        "spacing", Maybe(Duration("6h")), p => p.Spacing, unset: "model.step", shapes: Shaping.Numbers, comparedLast: true, example: "6h",
        help: "The time of a cycle, a whole multiple of model.step; by default one step. The hemispheric ones read the fields of as many "
            + "earlier times from the initial source.");

    /// <summary>All of them, in the order in which they are written.</summary>
    public static IReadOnlyList<SettingSection> Sections { get; } = [Section, Noise.Section, Breeding, SeedingNoise.Section, Cycling];

    public static PerturbationSpec Read(SettingReader reader, InitialSpec initial)
    {
        var spec = new PerturbationSpec(reader.Get(Kind), 0, null);
        if (!spec.HasNoise)
        {
            return spec.Kind == PerturbationKind.LaggedEnsemble ? spec with { Lags = reader.Get(Lags) } : spec;
        }

        var variables = reader.Get(Variables);
        SpecChecks.AreAmong(reader, Variables.Key, variables, initial.VariableNames, "initial.variables");
        var amplitudes = reader.Get(Amplitude);
        SpecChecks.AreAmong(reader, Amplitude.Key, amplitudes.Named, initial.VariableNames, "initial.variables");
        spec = spec with { Amplitude = amplitudes.OfAll, AmplitudeOf = amplitudes.Of, Variables = variables };
        return !spec.IsBred
            ? spec with { Noise = Noise.Read(reader, Enum.Parse<NoiseKind>(spec.Kind.ToString())) }
            : spec with
            {
                Noise = SeedingNoise.Read(reader, reader.Get(SeedingKind)),
                // As many as Earth2Studio takes.
                Cycles = reader.Get(Cycles, spec.Kind == PerturbationKind.BredVector ? 20 : 3),
                Spacing = reader.Get(Spacing),
            };
    }

    private static SettingType<IReadOnlyList<TimeSpan>> LagList() => new(
        "list of times", "a list of times with their units, one for each member, such as [0h, -6h, -12h]",
        (SettingReader reader, string key, HoconValue value, out IReadOnlyList<TimeSpan> lags) =>
        {
            var read = new List<TimeSpan>();
            lags = read;
            foreach (var item in (value as HoconArray)?.Items ?? [])
            {
                if (item is not HoconScalar scalar || !scalar.TryDuration(out var lag, unitRequired: true))
                {
                    reader.Wrong(key, item, LagList().Expected);
                    lags = [];
                    return true;
                }

                read.Add(lag);
            }

            return read.Count > 0;
        },
        lags => new JsonArray([.. lags.Select(lag => (JsonNode?)SpecText.Duration(lag))]))
    {
        Otherwise = [],
        Entries = (key, value) => value.AsArray().Select((lag, i) =>
            new SpecEntry(string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]"), SpecText.Plain(lag))),
    };

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
                {
                    read.Add(new AmplitudeSpec(variable, amplitude));
                }
                else
                {
                    reader.Wrong($"{key}.{variable}", map[variable], Expected);
                }
            }

            amplitudes = new Amplitudes(0, read) { Named = map.Keys };
            return true;
        }

        private static JsonNode? Write(Amplitudes amplitudes) => amplitudes.Of.Count == 0
            ? amplitudes.OfAll
            : new JsonObject(amplitudes.Of.Select(a => KeyValuePair.Create(a.Variable, (JsonNode?)a.Amplitude)));
    }
}
