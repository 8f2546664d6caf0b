using System.Text.Json.Nodes;

namespace Cairn.Engine.Runs;

/// <summary><c>ensemble.perturbation</c> as JSON: what the chosen kind has, and no more.</summary>
internal static class PerturbationJson
{
    public static JsonObject Write(PerturbationSpec spec)
    {
        var json = new JsonObject { ["kind"] = SpecText.Word(spec.Kind) };
        if (spec.Lags.Count > 0)
        {
            json["lags"] = new JsonArray([.. spec.Lags.Select(lag => (JsonNode?)SpecText.Duration(lag))]);
        }

        if (!spec.HasNoise)
        {
            return json;
        }

        json["amplitude"] = spec.AmplitudeOf.Count == 0
            ? spec.Amplitude
            : new JsonObject(spec.AmplitudeOf.Select(a => KeyValuePair.Create(a.Variable, (JsonNode?)a.Amplitude)));
        if (spec.Variables is { } variables)
        {
            json["variables"] = new JsonArray([.. variables.Select(name => (JsonNode?)name)]);
        }

        if (spec.IsBred)
        {
            json["cycles"] = spec.Cycles;
            if (spec.Spacing is { } spacing)
            {
                json["spacing"] = SpecText.Duration(spacing);
            }

            json["seeding"] = Noise(new JsonObject { ["kind"] = SpecText.Word(spec.Noise.Kind) }, spec.Noise);
            return json;
        }

        return Noise(json, spec.Noise);
    }

    private static JsonObject Noise(JsonObject json, NoiseSpec noise)
    {
        switch (noise.Kind)
        {
            case NoiseKind.Brown:
                json["reddening"] = noise.Reddening;
                break;
            case NoiseKind.SphericalGaussian:
                json["smoothness"] = noise.Smoothness;
                json["inverse-length"] = noise.InverseLength;
                break;
            case NoiseKind.CorrelatedSphericalGaussian:
                json["length-scale-km"] = noise.LengthScaleKm;
                break;
        }

        return json;
    }
}
