using System.Text.Json.Nodes;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;

namespace Cairn.Storage.Tests.Fields.Zarr;

/// <summary>Stores as older versions laid them out, which are to be read and to go on for good.</summary>
internal static class OlderStore
{
    private const int PaddedValues = 1024;

    /// <summary>Turns a store on disk into what was written before coordinates had chunks of their own length and committed lead times were
    /// a coordinate: padded chunks, an attribute that is an object, and no attribute that names coordinates.</summary>
    public static void Age(string store)
    {
        var consolidated = JsonNode.Parse(File.ReadAllBytes(Path.Combine(store, ".zmetadata")))!;
        var documents = consolidated["metadata"]!.AsObject();
        foreach (var name in new[] { "ensemble", "lead_time" })
        {
            documents[$"{name}/.zarray"]!["chunks"] = new JsonArray(PaddedValues);
            var values = File.ReadAllBytes(Path.Combine(store, name, "0"));
            Array.Resize(ref values, PaddedValues * sizeof(long));
            File.WriteAllBytes(Path.Combine(store, name, "0"), values);
        }

        documents["ensemble/.zattrs"]!.AsObject().Remove("units");
        documents["lead_time/.zattrs"]!.AsObject().Remove("bounds");
        documents.Remove("lead_time_bnds/.zarray");
        documents.Remove("lead_time_bnds/.zattrs");
        foreach (var (_, attributes) in documents.Where(d => d.Key.EndsWith("/.zattrs", StringComparison.Ordinal)))
            attributes!.AsObject().Remove("coordinates");

        var committed = JsonNode.Parse(documents[".zattrs"]!["committed_lead_time"]!.GetValue<string>());
        documents[".zattrs"] = new JsonObject { ["committed_lead_time"] = committed, ["Conventions"] = "CF-1.8" };
        foreach (var (name, document) in documents)
            File.WriteAllBytes(Path.Combine(store, name), ZarrMetadata.Bytes(document!));

        File.WriteAllBytes(Path.Combine(store, ".zmetadata"), ZarrMetadata.Bytes(consolidated));
    }
}
