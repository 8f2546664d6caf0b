using TorchSharp;

namespace Cairn.Engine.Models.Onnx;

/// <summary>Brings fields to what an ONNX file was trained on, <c>(x - mean) / deviation</c>, and back.</summary>
internal sealed class OnnxNormalisation : IDisposable
{
    private readonly Tensor? _mean;
    private readonly Tensor? _deviation;

    internal OnnxNormalisation(OnnxModelOptions options, IReadOnlyList<string> variables)
    {
        var mapping = options.Mapping;
        if (mapping.Scales.Count > 0 && variables.Count > 0)
        {
            var scales = variables.Select(mapping.ScaleOf).ToList();
            _mean = Channels([.. scales.Select(s => s?.Mean ?? 0)], options);
            _deviation = Channels([.. scales.Select(s => s?.Deviation ?? 1)], options);
        }
    }

    /// <summary>The state of fields <c>[batch, variable, latitude, longitude]</c>.</summary>
    internal Tensor Reduced(Tensor fields) => _mean is null ? fields.alias() : (fields - _mean) / _deviation!;

    /// <summary>The fields of a state of that shape.</summary>
    internal Tensor Restored(Tensor state) => _mean is null ? state.alias() : (state * _deviation!).Plus(_mean);

    public void Dispose()
    {
        _mean?.Dispose();
        _deviation?.Dispose();
    }

    private static Tensor Channels(double[] values, OnnxModelOptions options)
    {
        using var host = Tensors.From(values, 1, values.Length, 1, 1);
        return host.to(options.DType, options.Device).DetachFromDisposeScope();
    }
}
