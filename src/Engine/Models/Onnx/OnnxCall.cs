using Microsoft.ML.OnnxRuntime;

namespace Cairn.Engine.Models.Onnx;

/// <summary>Calls of an opened ONNX file, which reads and writes the memory of tensors; by any number of threads.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="session">It, opened; disposed with this.</param>
/// <param name="device">Where the tensors are.</param>
/// <param name="dtype">Their element type.</param>
/// <param name="inputs">What it is given.</param>
/// <param name="outputs">What it gives.</param>
internal sealed class OnnxCall(
    string path, InferenceSession session, Device device, ScalarType dtype, IReadOnlyList<OnnxPort> inputs,
    IReadOnlyList<OnnxPort> outputs) : IDisposable
{
    private readonly string[] _inputNames = [.. inputs.Select(port => port.Name)];
    private readonly string[] _outputNames = [.. outputs.Select(port => port.Name)];
    private readonly OrtMemoryInfo _memory = device.IsCuda()
        ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, Math.Max(device.index, 0), OrtMemType.Default)
        : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);

    /// <summary>Calls it once, for members that share the call.</summary>
    internal void Run(IReadOnlyList<Tensor> given, IReadOnlyList<Tensor> made, long members)
    {
        // What libtorch was asked for on a device has to be there; a call returns when its own work is done.
        TorchRuntime.Synchronize(device);
        var from = given.Select((tensor, i) => Value(tensor, inputs[i], members)).ToList();
        var to = made.Select((tensor, i) => Value(tensor, outputs[i], members)).ToList();
        try
        {
            using var plain = new Microsoft.ML.OnnxRuntime.RunOptions();
            session.Run(plain, _inputNames, from, _outputNames, to);
        }
        catch (OnnxRuntimeException e)
        {
            throw new StepException($"'{path}' failed on {string.Join(", ", given.Select((tensor, i) =>
                $"{_inputNames[i]} = {tensor.Layout()}"))}: {e.Message}", e);
        }
        finally
        {
            from.ForEach(value => value.Dispose());
            to.ForEach(value => value.Dispose());
        }
    }

    public void Dispose()
    {
        session.Dispose();
        _memory.Dispose();
    }

    private OrtValue Value(Tensor tensor, OnnxPort port, long members) => OrtValue.CreateTensorValueWithData(
        _memory, OnnxTypes.Of(dtype), port.ShapeOf(members), Tensors.Address(tensor), Tensors.ByteCount(tensor));
}
