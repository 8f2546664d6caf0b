using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Earth2Studio's own code opens what Cairn wrote, goes on, and Cairn opens that. Needs its <c>checkpoint.py</c>, named by
/// CAIRN_EARTH2STUDIO_CHECKPOINT; skipped without.</summary>
public sealed class EarthStudioInteropTests : IDisposable
{
    private const string Script = """
        from dataclasses import dataclass
        from typing import Any
        import numpy as np, torch
        from datetime import datetime, date, timedelta

        @dataclass
        class Inner:
            count: int

        @dataclass
        class Mixed:
            field: np.ndarray
            tensor: torch.Tensor
            count: int
            big: int
            scale: float
            name: str
            flag: bool
            extras: dict
            history: list
            pair: tuple
            when: datetime
            day: date
            delta: timedelta
            lead_time: np.timedelta64
            valid_time: np.datetime64
            device: torch.device
            dtype: torch.dtype
            npdtype: np.dtype
            inner: Inner
            maybe: torch.Tensor | None

        c = original.Checkpoint('interop', path=sys.argv[2], mode='append', rank=0, world_size=1)
        print(c)
        state = Mixed(*[None] * 18, Inner(0), None)
        with c as session:
            bound = session.bind(state)
            assert bound.checkpoint_state_loaded, 'the hashes differ'
            assert state.field.tolist() == [[1.5, 2.5]] and state.field.dtype == np.float64, state.field
            assert torch.equal(state.tensor, torch.tensor([1.0, 2.0])), state.tensor
            assert (state.count, state.big, state.scale, state.name, state.flag) == (3, 2**100, 0.1, 'é', True), state
            assert state.extras['member 1'].tolist() == [7] and state.extras['nan'] != state.extras['nan'], state.extras
            assert state.history == [1, None, 'x', [2.5]] and state.pair == (1, 'two'), state
            assert state.when.isoformat() == '2024-01-01T18:00:00+00:00' and state.day == date(2024, 2, 29), state
            assert state.delta == timedelta(hours=-30) and state.lead_time == np.timedelta64(6, 'h'), state
            assert state.valid_time == np.datetime64('2024-01-01T18', 'h') and state.device == torch.device('cuda:0'), state
            assert state.dtype == torch.float16 and state.npdtype == np.dtype('float32') and state.inner.count == 4, state
            assert state.maybe is None and session.lead_time == np.timedelta64(6, 'h') and session.write_count == 1, session.metadata
            state.count = 5
            state.field = np.asfortranarray(np.arange(6.0).reshape(2, 3))
            state.maybe = torch.tensor(2.5)
            session.write(lead_time=np.timedelta64(12, 'h'), vector=np.array([0.5, 1.0, 2.25]))
        print('----')
        print(c)
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void A_catalog_goes_from_Cairn_to_Earth2Studio_and_back()
    {
        _ = EarthStudio.Code();
        var checkpoint = Checkpoint();
        using (var session = checkpoint.Open())
        {
            session.Bind(Sample());
            session.Write(new Dictionary<string, object?>
            {
                ["lead_time"] = NumpyTimeDelta64.From(TimeSpan.FromHours(6)),
                ["note"] = "from C#",
            });
        }

        var listing = checkpoint.ToString();
        var printed = EarthStudio.Run(Script, checkpoint.Path).TrimEnd('\n').Split("\n----\n");

        Assert.Equal(listing, printed[0]);
        var returned = Checkpoint();
        Assert.Equal(returned.ToString(), printed[1]);
        using var back = returned.Open();
        var state = back.Bind(new Mixed()).Value;
        Assert.Equal((2, 5L, TimeSpan.FromHours(12)), (back.WriteCount, state.Count, back.LeadTime));
        Assert.Equal([0.0, 1, 2, 3, 4, 5], state.Field!.AsSpan<double>().ToArray());
        Assert.Empty(state.Maybe!.Shape);
        back.Write(new Dictionary<string, object?> { ["lead_time"] = NumpyTimeDelta64.From(TimeSpan.FromHours(18)) });
        Assert.Equal([1, 2, 3], Checkpoint().Rows.Select(r => r.WriteCount));
    }

    private Checkpoint Checkpoint() => new("interop", new CheckpointOptions
    {
        Path = Path.Combine(_directory.Path, "interop"),
        Mode = CheckpointMode.Append,
        Rank = 0,
        WorldSize = 1,
        TensorFactory = new AnyTensorFactory(),
    });

    private static Mixed Sample() => new()
    {
        Field = NdArray.From([1.5, 2.5], 1, 2),
        Tensor = new AnyTensor("float32", [2], [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]),
        Count = 3,
        Big = System.Numerics.BigInteger.Pow(2, 100),
        Scale = 0.1,
        Name = "é",
        Flag = true,
        Extras = new() { ["member 1"] = NdArray.From([7], 1), ["nan"] = double.NaN },
        History = [1, null, "x", new List<object?> { 2.5 }],
        Pair = new PayloadTuple(1, "two"),
        When = new DateTimeOffset(2024, 1, 1, 18, 0, 0, TimeSpan.Zero),
        Day = new DateOnly(2024, 2, 29),
        Delta = TimeSpan.FromHours(-30),
        LeadTime = new NumpyTimeDelta64(6, "h"),
        ValidTime = new NumpyDateTime64("2024-01-01T18", "h"),
        Device = new TorchDeviceName("cuda:0"),
        Dtype = new TorchDTypeName("torch.float16"),
        Npdtype = new NumpyDTypeName("float32"),
        Inner = new InnerState { Count = 4 },
    };

    [CheckpointState(Id = "__main__.Inner")]
    public sealed class InnerState
    {
        public int Count { get; set; }
    }

    [CheckpointState(Id = "__main__.Mixed")]
    public sealed class Mixed
    {
        [CheckpointField(Annotation = "np.ndarray")]
        public NdArray? Field { get; set; }

        [CheckpointField(Annotation = "torch.Tensor")]
        public AnyTensor? Tensor { get; set; }

        public long Count { get; set; }
        public System.Numerics.BigInteger Big { get; set; }
        public double Scale { get; set; }
        public string Name { get; set; } = "";
        public bool Flag { get; set; }
        public Dictionary<string, object?> Extras { get; set; } = [];
        public List<object?> History { get; set; } = [];
        public PayloadTuple Pair { get; set; } = new();
        public DateTimeOffset When { get; set; }
        public DateOnly Day { get; set; }
        public TimeSpan Delta { get; set; }
        public NumpyTimeDelta64 LeadTime { get; set; } = new(0, "h");
        public NumpyDateTime64 ValidTime { get; set; } = new("NaT", "h");
        public TorchDeviceName Device { get; set; } = new("cpu");
        public TorchDTypeName Dtype { get; set; } = new("torch.float32");
        public NumpyDTypeName Npdtype { get; set; } = new("float64");

        [CheckpointField(Annotation = "Inner")]
        public InnerState Inner { get; set; } = new();

        public AnyTensor? Maybe { get; set; }
    }

    public sealed record AnyTensor(string DTypeName, IReadOnlyList<long> Shape, byte[] Bytes) : ITensorValue
    {
        public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);
    }

    private sealed class AnyTensorFactory : ITensorFactory
    {
        public Type TensorType => typeof(AnyTensor);
        public ITensorValue View(object tensor) => (AnyTensor)tensor;

        public object Create(string dtypeName, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes, object? current) =>
            new AnyTensor(dtypeName, shape, bytes.ToArray());
    }
}
