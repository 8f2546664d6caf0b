using System.Globalization;

namespace Cairn.Engine.Runs;

/// <summary>
/// What must be equal when a run is resumed. Lead-time count, ensemble size, batch size, checkpoint cadence, slots and ranks may change
/// freely; device and threads are compared by the fingerprint, under <c>checkpoint.on-fingerprint-change</c>; the contents of model and
/// input files by the digests that <see cref="SpecInputs"/> makes, so that a moved file is no difference.
/// </summary>
public static class RunSpecComparison
{
    /// <summary>Every setting that shapes numbers, in a fixed order.</summary>
    public static IReadOnlyList<SpecEntry> ToNumerics(this RunSpec spec)
    {
        var entries = new List<SpecEntry>();
        AddModel(entries, spec.Model);
        entries.AddRange(InitialNumerics.Of(spec.Initial));
        entries.Add(new("lead-times.every", SpecText.Duration(spec.LeadTimes.Every)));
        entries.Add(new("ensemble.seed", spec.Ensemble.Seed.ToString(CultureInfo.InvariantCulture)));
        AddPerturbation(entries, spec.Ensemble.Perturbation);
        return entries;
    }

    /// <summary>Every setting that shapes the field store, in a fixed order; a store is laid out once.</summary>
    public static IReadOnlyList<SpecEntry> ToOutputLayout(this RunSpec spec)
    {
        var output = spec.Output;
        if (output.Kind == OutputKind.None)
        {
            return [new("output.kind", SpecText.Word(output.Kind))];
        }

        return
        [
            new("output.kind", SpecText.Word(output.Kind)),
            new("output.variables", SpecText.List(output.Variables)),
            new("output.every", output.Every.ToString(CultureInfo.InvariantCulture)),
            new("output.lead-times-per-chunk", output.LeadTimesPerChunk.ToString(CultureInfo.InvariantCulture)),
            new("output.compression", SpecText.Word(output.Compression)),
            new("output.box.latitude", SpecText.Range(output.Box?.Latitude)),
            new("output.box.longitude", SpecText.Range(output.Box?.Longitude)),
            .. output.KeepBits.Select(k =>
                new SpecEntry($"output.keep-bits.{k.Variable}", k.Bits.ToString(CultureInfo.InvariantCulture))),
            .. Shards(output),
            .. Axes(output),
            .. DiagnosticSpec.Behind(spec.Diagnostics, output.Variables).SelectMany(Entries),
        ];
    }

    /// <summary>Only of stores that have any: the records of older runs tell nothing of it.</summary>
    private static IEnumerable<SpecEntry> Shards(OutputSpec output) => output.LeadTimesPerShard is not { } perShard ? [] :
    [
        new("output.zarr-format", output.ZarrFormat.ToString(CultureInfo.InvariantCulture)),
        new("output.lead-times-per-shard", perShard.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <summary>Only what is not as usual: the records of older runs do not have it.</summary>
    private static IEnumerable<SpecEntry> Axes(OutputSpec output)
    {
        if (output.CoordinateNames != CoordinateNames.Cf)
        {
            yield return new("output.coordinate-names", SpecText.Word(output.CoordinateNames));
        }

        if (output.LongitudeFrom is { } from)
        {
            yield return new("output.longitude-from", SpecText.Number(from));
        }

        if (output.LatitudeOrder != LatitudeOrder.Grid)
        {
            yield return new("output.latitude-order", SpecText.Word(output.LatitudeOrder));
        }
    }

    /// <summary>Whether a setting, such as a file's digest, belongs to the diagnostics: no state depends on them, the store does.</summary>
    public static bool IsOfDiagnostic(this SpecEntry entry) => entry.Key.StartsWith("diagnostics[", StringComparison.Ordinal);

    private static IEnumerable<SpecEntry> Entries(DiagnosticSpec diagnostic) =>
    [
        new($"{diagnostic.Key}.kind", SpecText.Word(diagnostic.Kind)),
        new($"{diagnostic.Key}.variables", SpecText.List(diagnostic.Variables)),
        .. diagnostic.Truncation is { } kept
            ? [new SpecEntry($"{diagnostic.Key}.truncation", kept.ToString(CultureInfo.InvariantCulture))]
            : Array.Empty<SpecEntry>(),
    ];

    /// <summary>
    /// What differs between two specs of one run, in numerics and output layout, key by key; empty when it may be resumed.
    /// </summary>
    public static IReadOnlyList<SpecDifference> Differences(RunSpec old, RunSpec current) =>
    [
        .. Differences(old.ToNumerics(), current.ToNumerics()),
        .. Differences(old.ToOutputLayout(), current.ToOutputLayout()),
    ];

    /// <summary>What differs between two lists of settings, in the order of the old one, then what only the new one has.</summary>
    public static IReadOnlyList<SpecDifference> Differences(IReadOnlyList<SpecEntry> old, IReadOnlyList<SpecEntry> current)
    {
        var before = old.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        var now = current.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        var keys = old.Select(e => e.Key).Concat(current.Select(e => e.Key)).Distinct(StringComparer.Ordinal);
        return [.. keys
            .Select(key => new SpecDifference(key, before.GetValueOrDefault(key), now.GetValueOrDefault(key)))
            .Where(d => !string.Equals(d.Old, d.New, StringComparison.Ordinal))];
    }

    private static void AddModel(List<SpecEntry> entries, ModelSpec model)
    {
        entries.Add(new("model.kind", SpecText.Word(model.Kind)));
        entries.Add(new("model.step", SpecText.Duration(model.Step)));
        entries.Add(new("model.dtype", model.DType));
        if (model.Script is { } script)
        {
            entries.Add(new("model.variables", SpecText.List(script.Variables)));
            entries.Add(new("model.outputs", SpecText.List(script.Outputs)));
            if (script.Stochastic)
            {
                // Only where it is: the records of older runs do not have it.
                entries.Add(new("model.stochastic", "true"));
            }
        }

        if (model.Onnx is { } onnx)
        {
            entries.AddRange(OnnxModelReader.Numerics(onnx));
        }

        if (model.Python is { } python)
        {
            entries.AddRange(PythonModelReader.Numerics(python));
        }

        if (model.Spectral is { } spectral)
        {
            entries.Add(new("model.truncation", spectral.Truncation.ToString(CultureInfo.InvariantCulture)));
            entries.Add(new("model.diffusion.order", spectral.DiffusionOrder.ToString(CultureInfo.InvariantCulture)));
            entries.Add(new("model.diffusion.time-scale", SpecText.OffOr(spectral.DiffusionTimeScale)));
        }

        AddBuiltIn(entries, model);
        entries.AddRange(model.Bounds.OrderBy(b => b.Variable, StringComparer.Ordinal)
            .Select(b => new SpecEntry($"model.bounds.{b.Variable}", $"[{SpecText.Number(b.Min)}, {SpecText.Number(b.Max)}]")));
    }

    private static void AddPerturbation(List<SpecEntry> entries, PerturbationSpec perturbation)
    {
        const string prefix = "ensemble.perturbation.";
        entries.Add(new(prefix + "kind", SpecText.Word(perturbation.Kind)));
        if (!perturbation.HasNoise)
        {
            entries.AddRange(perturbation.Lags.Select((lag, i) =>
                new SpecEntry(string.Create(CultureInfo.InvariantCulture, $"{prefix}lags[{i}]"), SpecText.Duration(lag))));
            return;
        }

        entries.Add(new(prefix + "amplitude", perturbation.AmplitudeOf.Count == 0
            ? SpecText.Number(perturbation.Amplitude)
            : SpecText.List([.. perturbation.AmplitudeOf.Select(a => $"{a.Variable} = {SpecText.Number(a.Amplitude)}")])));
        entries.Add(new(prefix + "variables", SpecText.List(perturbation.Variables)));
        AddNoise(entries, perturbation.IsBred ? prefix + "seeding." : prefix, perturbation.Noise);
        if (perturbation.IsBred)
        {
            entries.Add(new(prefix + "seeding.kind", SpecText.Word(perturbation.Noise.Kind)));
            entries.Add(new(prefix + "cycles", perturbation.Cycles.ToString(CultureInfo.InvariantCulture)));
            entries.Add(new(prefix + "spacing", perturbation.Spacing is { } spacing ? SpecText.Duration(spacing) : "model.step"));
        }
    }

    private static void AddNoise(List<SpecEntry> entries, string prefix, NoiseSpec noise)
    {
        switch (noise.Kind)
        {
            case NoiseKind.Brown:
                entries.Add(new(prefix + "reddening", SpecText.Number(noise.Reddening)));
                break;
            case NoiseKind.SphericalGaussian:
                entries.Add(new(prefix + "smoothness", SpecText.Number(noise.Smoothness)));
                entries.Add(new(prefix + "inverse-length", SpecText.Number(noise.InverseLength)));
                break;
            case NoiseKind.CorrelatedSphericalGaussian:
                entries.Add(new(prefix + "length-scale-km", SpecText.Number(noise.LengthScaleKm)));
                break;
        }
    }

    private static void AddBuiltIn(List<SpecEntry> entries, ModelSpec model)
    {
        if (model.ShallowWater is { } water)
        {
            var plane = water.Plane;
            entries.Add(new("model.nx", plane.Columns.ToString(CultureInfo.InvariantCulture)));
            entries.Add(new("model.ny", plane.Rows.ToString(CultureInfo.InvariantCulture)));
            entries.Add(new("model.dx", SpecText.Number(plane.Dx)));
            entries.Add(new("model.dy", SpecText.Number(plane.Dy)));
            entries.Add(new("model.scheme", SpecText.Word(water.Scheme)));
            entries.Add(new("model.filter", SpecText.Number(water.Filter)));
            entries.Add(new("model.coriolis", SpecText.Number(plane.Coriolis)));
            entries.Add(new("model.mean-geopotential", SpecText.Number(plane.MeanGeopotential)));
        }

        if (model.SphericalShallowWater is { } layer)
        {
            entries.Add(new("model.mean-height", SpecText.Number(layer.MeanHeight)));
            entries.Add(new("model.tilt", SpecText.Number(layer.Tilt)));
        }

        if (model.Lorenz96 is { } lorenz)
        {
            entries.Add(new("model.size", lorenz.Size.ToString(CultureInfo.InvariantCulture)));
            entries.Add(new("model.forcing", SpecText.Number(lorenz.Forcing)));
        }

        entries.AddRange(model.Mesh is { } mesh ? MeshModelReader.Numerics(mesh) : []);
    }
}
