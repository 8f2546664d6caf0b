using System.Reflection;

namespace Cairn.Engine.Rollouts;

/// <summary>Where a run's fields come from, for its files and its record.</summary>
internal static class RunProvenance
{
    /// <summary>This version of Cairn.</summary>
    public static string Version { get; } =
        typeof(RunProvenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    /// <summary>That of a run which begins. Its name stays out, as does how it is cut and how far it goes: runs that differ in those have
    /// fields with the same bytes.</summary>
    public static Provenance Of(RunRecord record)
    {
        var spec = record.Spec;
        var model = spec.Model.Kind;
        var libtorch = record.Fingerprint.FirstOrDefault(e => e.Key == "libtorch")?.Value ?? "unknown";
        var digest = "sha256:" + record.Digest;
        var numerics = new JsonObject(record.Numerics.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, e.Value)));
        return Provenance.Of(new Dictionary<string, string?>
        {
            ["title"] = $"Ensemble forecast of the {model} model",
            ["source"] = $"{model} model, Cairn {Version}",
            ["history"] = $"fields of the spec {digest} by Cairn {Version} with libtorch {libtorch}",
            ["cairn_version"] = Version,
            ["libtorch_version"] = libtorch,
            ["ensemble_seed"] = spec.Ensemble.Seed.ToString(CultureInfo.InvariantCulture),
            ["spec"] = numerics.ToJsonString(RecordJson.Line),
            ["spec_digest"] = digest,
            ["model_digest"] = DigestOf(record.Numerics, "model."),
            ["extensions"] = LoadedExtensions.Behind(spec) is { Count: > 0 } extensions
                ? string.Join(", ", extensions.Select(e => $"{e.Name} {e.Version}"))
                : null,
            ["initial_data"] = InitialData(spec),
            ["initial_digest"] = DigestOf(record.Numerics, "initial."),
        });
    }

    /// <summary>The digest of the one file or code of a section, or one of the digests of several; null where there are none.</summary>
    private static string? DigestOf(IReadOnlyList<SpecEntry> numerics, string section)
    {
        var digests = numerics.Where(e => e.Key.StartsWith(section, StringComparison.Ordinal)
            && e.Value.StartsWith("sha256:", StringComparison.Ordinal)).ToList();
        return digests.Count switch
        {
            0 => null,
            1 => digests[0].Value,
            _ => "sha256:" + SpecDigest.Of(digests),
        };
    }

    private static string InitialData(RunSpec spec)
    {
        var names = spec.InputFiles().Concat(spec.InputFolders())
            .Where(f => f.Key.StartsWith("initial.", StringComparison.Ordinal)).Select(f => Path.GetFileName(f.Value));
        return string.Join(' ', names.Prepend(spec.Initial.Source));
    }
}

/// <summary>What a run's bits depend on besides its spec's numerics.</summary>
public static class RunFingerprint
{
    /// <summary>TorchSharp, libtorch, MKL and its mode, device type, instruction set and threads; ONNX Runtime, where it steps; what the
    /// model's own fingerprint; the builds of the extensions whose kinds are used; and the cut of the ensemble, where the model's
    /// arithmetic depends on it.</summary>
    public static IReadOnlyList<SpecEntry> Of(RunSpec spec, ModelDescription model)
    {
        var entries = TorchRuntime.Fingerprint(model.Device).OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new SpecEntry(e.Key, e.Value)).ToList();
        entries.AddRange(ModelKinds.Of(spec.Model).Fingerprint.Select(e => new SpecEntry(e.Key, e.Value)));
        entries.AddRange(model.Fingerprint.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new SpecEntry(e.Key, e.Value)));
        entries.AddRange(LoadedExtensions.Behind(spec).Select(e => new SpecEntry($"extension {e.Name}", e.Build)));
        if (model.DependsOnBatch)
            entries.Add(new SpecEntry("batch-size", spec.Ensemble.BatchSize.ToString(CultureInfo.InvariantCulture)));
        return entries;
    }
}
