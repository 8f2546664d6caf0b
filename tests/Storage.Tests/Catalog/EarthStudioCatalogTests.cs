using Cairn.Storage.Catalog;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Catalogs that Earth2Studio itself wrote.</summary>
public sealed class EarthStudioCatalogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("append-3-rows")]
    [InlineData("level-0")]
    [InlineData("history-2")]
    public void A_catalog_is_listed_exactly_as_the_original_prints_it(string name)
    {
        var options = new CheckpointOptions { Path = Path.Combine(Fixtures.Root, name), Mode = CheckpointMode.Append };
        var checkpoint = new Checkpoint(name, options);

        var printed = checkpoint.ToString().Replace($"path: {Fixtures.Root}/", "path: ", StringComparison.Ordinal);

        Assert.Contains(printed + (name == "history-2" ? "" : "\n\n"), Fixtures.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("append-3-rows", 3)]
    [InlineData("overwrite", 3)]
    [InlineData("history-2", 5)]
    public void The_newest_row_is_restored_with_all_its_kinds_of_values(string name, int row)
    {
        var checkpoint = new Checkpoint(name, new CheckpointOptions { Path = Fixtures.Copy(name, _directory.Path) });
        using var session = checkpoint.Open();
        var model = session.Bind(new ModelState());

        Assert.True(model.StateLoaded);
        Assert.Equal(TimeSpan.FromHours(6 * row), session.LeadTime);
        Assert.Equal(row, session.WriteCount);
        Assert.Equal([2, 3, 4], model.Value.X!.Shape);
        Assert.Equal("float32", model.Value.X.DType.Name);
        Assert.Equal(row, model.Value.Inner.Count);
        Assert.Equal($"inner-{row}", model.Value.Inner.Label);
        Assert.Equal(new NumpyTimeDelta64(6 * row, "h"), model.Value.LeadTime);
        Assert.Equal(new PayloadTuple(1L, "two"), model.Value.History[^1]);
        Assert.Equal(new TorchDTypeName("torch.float16"), model.Value.Extras["dtype"]);
        Assert.IsType<DateTimeOffset>(model.Value.Extras["when"]);
        Assert.Equal(5056, session.Bind(new NoiseState()).Value.RngState!.Length);
    }

    [Fact]
    public void Rows_are_chosen_by_position_from_either_end()
    {
        var checkpoint = new Checkpoint("x", new CheckpointOptions { Path = Fixtures.Copy("append-3-rows", _directory.Path) });
        using (var first = checkpoint.Select(0))
        {
            Assert.Equal(1, first.WriteCount);
            Assert.Equal(1, first.Bind(new NoiseState()).Value.Calls);
        }

        using (var middle = checkpoint.Select(-2))
        {
            Assert.Equal(2, middle.WriteCount);
        }

        Assert.Throws<SpecException>(() => checkpoint.Select(3));
        Assert.Throws<SpecException>(() => checkpoint.Select(-4));
    }

    [Fact]
    public void Each_rank_has_a_catalog_of_its_own()
    {
        var path = Fixtures.Copy("two-ranks", _directory.Path);
        foreach (var rank in new[] { 0, 1 })
        {
            var checkpoint = new Checkpoint("two-ranks", new CheckpointOptions { Path = path, Rank = rank, WorldSize = 2 });
            using var session = checkpoint.Open();
            Assert.Equal(rank, session.Row!.Rank);
            Assert.True(session.Bind(new ModelState()).StateLoaded);
        }

        Assert.Equal(6, Checkpoint.ReadRows(path).Count);
    }

    [Theory]
    [InlineData("append-3-rows")]
    [InlineData("overwrite")]
    [InlineData("history-2")]
    [InlineData("level-0")]
    [InlineData("two-ranks")]
    public void Every_commit_of_the_original_verifies(string name) =>
        Assert.All(Checkpoint.Verify(Path.Combine(Fixtures.Root, name)), finding => Assert.Null(finding.Defect));
}
