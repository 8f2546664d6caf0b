using System.Text;
using System.Text.Json.Nodes;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Fields.Zarr;

public sealed class ZarrLayoutReaderTests
{
    private const string Store = "/out/fields.zarr";

    [Theory]
    [InlineData("chunks", 0)]
    [InlineData("chunks", -3)]
    [InlineData("shape", 0)]
    public void An_axis_of_no_length_is_damage_and_told_by_its_name(string key, int length)
    {
        // Chunks of length 0 ended the program with a division by zero.
        var files = new RecordingFiles("/out");
        ZarrFieldStore.Open(files, Store, ZarrFieldStoreTests.Layout());
        var document = JsonNode.Parse(files.ReadAll($"{Store}/.zmetadata"))!;
        document["metadata"]!["latitude/.zarray"]![key]![0] = length;
        files.DeleteFile($"{Store}/.zmetadata");
        files.Seed($"{Store}/.zmetadata", Encoding.UTF8.GetBytes(document.ToJsonString()));

        var error = Assert.Throws<DataException>(() => ZarrFieldStore.OpenExisting(files, Store));

        Assert.Contains($"the {key} of latitude", error.Message, StringComparison.Ordinal);
    }
}
