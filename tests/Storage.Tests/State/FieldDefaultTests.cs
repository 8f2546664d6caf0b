using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.State;

/// <summary>Dataclasses with defaults, said by attribute: the hashes are those that Earth2Studio computed for them.</summary>
public sealed class FieldDefaultTests
{
    [Theory]
    [InlineData(typeof(Written), "ae08d0090cfaf9390fb3a5757ab9c648b65d77d42f452b552f225522f397ca40")]
    [InlineData(typeof(Evaluated), "b1dbb4c168e1c512abcba3aa0fe14dceed94e26d49b5a8ac16354e067936ad01")]
    public void The_hash_is_that_of_the_dataclass(Type type, string hash) => Assert.Equal(hash, StateSchema.Of(type).SchemaHash);

    [Theory]
    [InlineData(null, "required")]
    [InlineData("None", "default:builtins.NoneType")]
    [InlineData("()", "default:builtins.tuple")]
    [InlineData("-3", "default:builtins.int")]
    [InlineData("1_000", "default:builtins.int")]
    [InlineData("1e-3", "default:builtins.float")]
    [InlineData("float('nan')", "default:builtins.float")]
    [InlineData("False", "default:builtins.bool")]
    [InlineData("\"x\"", "default:builtins.str")]
    [InlineData("torch.bfloat16", "default:torch.dtype")]
    [InlineData("torch.device('cuda')", "default:torch.device")]
    [InlineData("np.float32(1)", "default:numpy.float32")]
    [InlineData("timedelta(hours=6)", "default:datetime.timedelta")]
    [InlineData("field(default=0)", "default:builtins.int")]
    [InlineData("field(default_factory=list)", "factory:builtins.list")]
    [InlineData("field(default_factory=winds.Inner)", "factory:winds.Inner")]
    [InlineData("factory:winds.State.<lambda>", "factory:winds.State.<lambda>")]
    public void The_sources_words_become_the_hashs(string? said, string expected) => Assert.Equal(expected, FieldDefault.Of(said, "x"));

    [Fact]
    public void What_is_no_default_is_refused() =>
        Assert.Contains("State.X", Assert.Throws<SpecException>(() => FieldDefault.Of("???", "State.X")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:01")]
    [InlineData("CPU")]
    [InlineData("")]
    public void A_device_that_is_none_is_refused_when_it_is_set_and_when_it_would_be_stored(string name)
    {
        Assert.Throws<SpecException>(() => new CheckpointOptions { Device = new TorchDeviceName(name) });
        Assert.Throws<CheckpointSerializationException>(() => StateCapture.Value(new TorchDeviceName(name), "device"));
    }

    [Fact]
    public void Arrays_print_themselves_as_NumPy_does()
    {
        Assert.Equal("[1. , 2.5] float64 (2,)", $"{NdArray.From([1.0, 2.5], 2)}");
        Assert.Equal("complex128 (1,)", $"{NdArray.From([System.Numerics.Complex.One], 1)}");
    }

    [CheckpointState]
    public class Written
    {
        public int Count { get; set; }

        [CheckpointField(Default = "0.5")]
        public double Scale { get; set; }

        [CheckpointField(Default = "''")]
        public string Name { get; set; } = "";

        [CheckpointField(Default = "True")]
        public bool Flag { get; set; }

        [CheckpointField(Default = "field(default_factory=dict)")]
        public Dictionary<string, object?> Table { get; set; } = [];

        [CheckpointField(Default = "field(default_factory=list)")]
        public List<object?> History { get; set; } = [];

        [CheckpointField(Annotation = "datetime.datetime", Default = "default:datetime.datetime")]
        public DateTimeOffset When { get; set; }

        [CheckpointField(Default = "np.timedelta64(6, 'h')")]
        public NumpyTimeDelta64 Dt { get; set; } = new(6, "h");

        [CheckpointField(Default = "torch.device('cpu')")]
        public TorchDeviceName Device { get; set; } = new("cpu");

        [CheckpointField(Default = "torch.float32")]
        public TorchDTypeName Dtype { get; set; } = new("torch.float32");

        [CheckpointField(Annotation = "dict[str, Any] | None", Default = "None")]
        public Dictionary<string, object?>? Extras { get; set; }
    }

    [CheckpointState(EvaluatedAnnotations = true)]
    public sealed class Evaluated : Written;
}
