namespace Cairn.Cluster.Tests;

/// <summary>What an undisturbed run of <see cref="Specs.Water"/> in one process writes: what every disturbed one is held against.</summary>
public sealed class CalmWater : IAsyncLifetime, IDisposable
{
    /// <summary>Boundaries of the run.</summary>
    public const int Count = 16;

    private readonly Scratch _scratch = new();

    /// <summary>Its fields.</summary>
    public string Fields => _scratch["calm/fields.zarr"];

    public async Task InitializeAsync()
    {
        var (code, text) = await CairnProcess.RunAsync(_scratch.Folder, "run", Specs.Water(_scratch, "calm", Count));
        Assert.True(code == 0, text);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _scratch.Dispose();
}

/// <summary>Tests of processes of ranks: one after the other, since each keeps all cores busy.</summary>
[CollectionDefinition(Name)]
public sealed class WaterCollection : ICollectionFixture<CalmWater>
{
    public const string Name = "processes of ranks";
}
