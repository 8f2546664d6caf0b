using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>The states in the sample catalogs that Earth2Studio wrote.</summary>
[CheckpointState(Id = "fixtures.ModelState", SchemaHash = "421fcd83b55f0489c8927b95354e81343720e188a8ff630860589b961285f513")]
public sealed class ModelState
{
    public NdArray? X { get; set; }
    public NdArray? Weights { get; set; }
    public NumpyTimeDelta64? LeadTime { get; set; }
    public NumpyDateTime64? ValidTime { get; set; }
    public double Scale { get; set; }
    public bool Flag { get; set; }
    public List<object?> History { get; set; } = [];
    public Inner Inner { get; set; } = new();
    public Dictionary<string, object?> Extras { get; set; } = [];
}

[CheckpointState(Id = "fixtures.Inner", SchemaHash = "8239172ae47b74eb0212e557081703423ca1144932185fb5a1a0a38ccaab8433")]
public sealed class Inner
{
    public int Count { get; set; }
    public string Label { get; set; } = "";
}

[CheckpointState(Id = "fixtures.NoiseState", SchemaHash = "8471203bf571e8e477c86acb78111a8e009e71eb2e33e1c51042db2f431812f5")]
public sealed class NoiseState
{
    public NdArray? RngState { get; set; }
    public long Calls { get; set; }
}
