using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>ensemble.perturbation</c>.</summary>
internal static class PerturbationReader
{
    private const string Prefix = "ensemble.perturbation.";

    public static PerturbationSpec Read(SettingReader reader, InitialSpec initial)
    {
        var kind = reader.Word<PerturbationKind>(Prefix + "kind", PerturbationKind.Zero) ?? PerturbationKind.Zero;
        var spec = new PerturbationSpec(kind, 0, null);
        if (kind == PerturbationKind.LaggedEnsemble)
        {
            return spec with { Lags = Lags(reader) };
        }

        if (!spec.HasNoise)
        {
            return spec;
        }

        var variables = reader.Names(Prefix + "variables");
        SpecChecks.AreAmong(reader, Prefix + "variables", variables, initial.VariableNames, "initial.variables");
        var amplitudes = AmplitudeOf(reader, initial);
        return spec with
        {
            Amplitude = amplitudes is null ? Amplitude(reader) : 0,
            AmplitudeOf = amplitudes ?? [],
            Variables = variables,
            Noise = spec.IsBred ? Seeding(reader) : Noise(reader, Prefix, Enum.Parse<NoiseKind>(kind.ToString())),
            Cycles = spec.IsBred ? reader.Integer(Prefix + "cycles", DefaultCycles(kind), 1, 10_000, "how often a vector is bred") : 1,
            Spacing = spec.IsBred && reader.Find(Prefix + "spacing") is not null ? reader.Duration(Prefix + "spacing", "6h") : null,
        };
    }

    /// <summary>As many as Earth2Studio takes.</summary>
    private static int DefaultCycles(PerturbationKind kind) => kind == PerturbationKind.BredVector ? 20 : 3;

    private static double Amplitude(SettingReader reader) => Number(
        reader, Prefix + "amplitude", 0, true,
        "the standard deviation of the noise, a number of at least 0, or one by variable", v => v >= 0);

    private static List<AmplitudeSpec>? AmplitudeOf(SettingReader reader, InitialSpec initial)
    {
        const string key = Prefix + "amplitude";
        if (reader.Find(key) is not HoconObject map)
        {
            return null;
        }

        SpecChecks.AreAmong(reader, key, [.. map.Keys], initial.VariableNames, "initial.variables");
        var amplitudes = new List<AmplitudeSpec>();
        foreach (var variable in map.Keys)
        {
            if (map[variable] is HoconScalar scalar && scalar.TryDouble(out var amplitude) && amplitude >= 0)
            {
                amplitudes.Add(new AmplitudeSpec(variable, amplitude));
            }
            else
            {
                reader.Wrong($"{key}.{variable}", map[variable], "the standard deviation of the noise, a number of at least 0");
            }
        }

        return amplitudes;
    }

    private static NoiseSpec Seeding(SettingReader reader)
    {
        const string prefix = Prefix + "seeding.";
        return Noise(reader, prefix, reader.Word<NoiseKind>(prefix + "kind", NoiseKind.Brown) ?? NoiseKind.Brown);
    }

    private static NoiseSpec Noise(SettingReader reader, string prefix, NoiseKind kind)
    {
        var spec = new NoiseSpec { Kind = kind };
        return kind switch
        {
            NoiseKind.Brown => spec with
            {
                Reddening = Number(reader, prefix + "reddening", spec.Reddening, false, "an exponent above 0", v => v > 0),
            },
            NoiseKind.SphericalGaussian => spec with
            {
                Smoothness = Number(reader, prefix + "smoothness", spec.Smoothness, false, "an exponent above 1", v => v > 1),
                InverseLength = Number(
                    reader, prefix + "inverse-length", spec.InverseLength, false, "a number above 0, per radian of arc", v => v > 0),
            },
            NoiseKind.CorrelatedSphericalGaussian => spec with
            {
                LengthScaleKm = Number(
                    reader, prefix + "length-scale-km", spec.LengthScaleKm, false, "a length in km, from 1 to 20000",
                    v => v is >= 1 and <= 20_000),
            },
            _ => spec,
        };
    }

    private static double Number(
        SettingReader reader, string key, double fallback, bool required, string expected, Func<double, bool> isGood) =>
        reader.Read(key, fallback, required, expected, (HoconScalar scalar, out double value) =>
            scalar.TryDouble(out value) && double.IsFinite(value) && isGood(value));

    private static List<TimeSpan> Lags(SettingReader reader)
    {
        const string key = Prefix + "lags";
        const string expected = "a list of times with their units, one for each member, such as [0h, -6h, -12h]";
        var lags = new List<TimeSpan>();
        foreach (var item in (reader.Find(key) as HoconArray)?.Items ?? [])
        {
            if (item is not HoconScalar scalar || !scalar.TryDuration(out var lag, unitRequired: true))
            {
                reader.Wrong(key, item, expected);
                return [];
            }

            lags.Add(lag);
        }

        if (lags.Count == 0)
        {
            reader.Wrong(key, reader.Find(key), expected);
        }

        return lags;
    }
}
