using System.Globalization;
using Cairn.Engine.Extensions;
using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Rollouts;

/// <summary>What a run's bits depend on besides its spec's numerics.</summary>
public static class RunFingerprint
{
    /// <summary>
    /// TorchSharp, libtorch, MKL and its mode, device type, instruction set and threads; ONNX Runtime, where it steps; what the model
    /// itself tells; the builds of the extensions whose kinds are used; and the cut of the ensemble, where the model's arithmetic depends
    /// on it.
    /// </summary>
    public static IReadOnlyList<SpecEntry> Of(RunSpec spec, ModelDescription model)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(model);
        var entries = TorchRuntime.Fingerprint(model.Device).OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new SpecEntry(e.Key, e.Value)).ToList();
        entries.AddRange(ModelKinds.Of(spec.Model).Fingerprint.Select(e => new SpecEntry(e.Key, e.Value)));
        entries.AddRange(model.Fingerprint.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new SpecEntry(e.Key, e.Value)));
        entries.AddRange(LoadedExtensions.Behind(spec).Select(e => new SpecEntry($"extension {e.Name}", e.Build)));
        if (model.DependsOnBatch)
        {
            entries.Add(new SpecEntry("batch-size", spec.Ensemble.BatchSize.ToString(CultureInfo.InvariantCulture)));
        }

        return entries;
    }
}
