using System.Runtime.InteropServices;
using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.State;

[CheckpointState(Id = "tests.Typed")]
public sealed class Typed
{
    public int Small { get; set; }
    public float Single { get; set; }
    public long? Maybe { get; set; } = 1;
    public int[] Numbers { get; set; } = [];
    public List<string> Names { get; set; } = [];
    public (int, string) Pair { get; set; }
    public Dictionary<string, double> Table { get; set; } = [];
    public Dictionary<string, NdArray> Fields { get; set; } = [];
    public Nested? Inner { get; set; }

    [CheckpointIgnore]
    public object Handle { get; set; } = new();
}

[CheckpointState(Id = "tests.Nested")]
public sealed class Nested
{
    public int Depth { get; set; }
}

[CheckpointState(Id = "tests.WithTensor")]
public sealed class WithTensor
{
    public HostTensor? Field { get; set; }
}

[CheckpointState(Id = "tests.Changing")]
public sealed class Before
{
    public int Kept { get; set; }
    public string Lost { get; set; } = "";
    public NdArray? Changed { get; set; }
}

[CheckpointState(Id = "tests.Changing")]
public sealed class After
{
    public int Kept { get; set; }
    public bool Added { get; set; }
    public int Changed { get; set; }
}

[CheckpointState(Id = "tests.OneByte")]
public sealed class OneByte
{
    public byte Value { get; set; }
}

[CheckpointState(Id = "tests.Anything")]
public sealed class Anything
{
    public object? Value { get; set; }
}

[CheckpointState(Id = "tests.Named")]
public sealed class Named
{
    public int RngState { get; set; }
    public double SSTMean { get; set; }
    public double Level2Wind { get; set; }

    [CheckpointField("given")]
    public int Other { get; set; }
}

/// <summary>A tensor of some other library.</summary>
public sealed record HostTensor(float[] Values) : ITensorValue
{
    public string DTypeName => "float32";
    public IReadOnlyList<long> Shape => [Values.Length];
    public void CopyTo(Span<byte> destination) => MemoryMarshal.AsBytes<float>(Values).CopyTo(destination);
}

internal sealed class HostTensorFactory : ITensorFactory
{
    public Type TensorType => typeof(HostTensor);
    public ITensorValue View(object tensor) => (HostTensor)tensor;

    public object Create(string dtypeName, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes, object? current) =>
        new HostTensor(MemoryMarshal.Cast<byte, float>(bytes).ToArray());
}

/// <summary>A tensor of a library that knows nothing of checkpoints: only a factory can read it.</summary>
public sealed class ForeignTensor(float[] values)
{
    internal float[] Values => values;
}

internal sealed class ForeignTensorFactory : ITensorFactory
{
    public Type TensorType => typeof(ForeignTensor);
    public ITensorValue View(object tensor) => new HostTensor(((ForeignTensor)tensor).Values);

    public object Create(string dtypeName, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes, object? current) =>
        new ForeignTensor(MemoryMarshal.Cast<byte, float>(bytes).ToArray());
}

[CheckpointState]
public sealed class WithForeignTensor
{
    public ForeignTensor? Field { get; set; }
}
