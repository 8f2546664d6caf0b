using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>Reads the layout of an existing store, without its run. The result is only a proposal: the code that opens the store with it
/// compares every document and coordinate.</summary>
internal sealed class ZarrLayoutReader(IDurableFiles files, string path)
{
    private const int MostExtent = 1 << 24;

    /// <exception cref="DataException">There is no store, or its metadata is damaged.</exception>
    internal FieldLayout Read()
    {
        var (format, documents) = ZarrFormat.ReadAt(files, path);
        try
        {
            var axes = ZarrMetadata.NamesIn(documents);
            var fields = documents.Select(d => d.Key).Where(k => k.EndsWith(ZarrMetadata.Array, StringComparison.Ordinal))
                .Select(k => k[..^ZarrMetadata.Array.Length]).Where(n => !FieldDescription.Reserved(axes).Contains(n)).ToList();
            var first = fields.Count > 0 ? fields[0] + ZarrMetadata.Array : throw new FormatException("it has no fields");
            var leadTime = LeadTimeUnit.Named(Text(documents, FieldDescription.LeadTime, "units"));
            var time = CfTimeUnits.Parse(
                Text(documents, FieldDescription.Time, "units") ?? "", Text(documents, FieldDescription.Time, "calendar"));
            var times = Numbers<long>(format, documents, FieldDescription.Time).Select(value => time.Decode(value)).ToList();
            var onMesh = documents.ContainsKey(UgridVariable.Triangle + ZarrMetadata.Array);
            var precision = Part(documents, first, "dtype").GetValue<string>() == "<f8" ? FieldPrecision.Double : FieldPrecision.Single;
            var codec = ChunkCodec.Of(documents[first]!, precision == FieldPrecision.Double ? sizeof(double) : sizeof(float))
                ?? throw new FormatException($"{first} has another compressor or other filters");
            return new FieldLayout
            {
                Members = Extent(documents, FieldDescription.Ensemble),
                Time = times[0],
                LaterTimes = times[1..],
                LeadTimes = [.. Numbers<long>(format, documents, FieldDescription.LeadTime)
                    .Select(t => TimeSpan.FromSeconds(checked(t * leadTime.Seconds)))],
                GridNames = axes,
                Latitude = onMesh ? [0] : Numbers<double>(format, documents, FieldDescription.GridAxes(axes)[0]),
                Longitude = onMesh
                    ? [.. Numbers<long>(format, documents, UgridVariable.Triangle).Select(number => (double)number)]
                    : Numbers<double>(format, documents, FieldDescription.GridAxes(axes)[1]),
                OnPlane = Text(documents, FieldDescription.GridAxes(axes)[0], "units") == "m",
                Mesh = onMesh ? Mesh(format, documents) : null,
                Variables = [.. fields.Select(name => new FieldVariable(
                    name, Text(documents, name, "units"), Text(documents, name, "long_name"), Text(documents, name, "standard_name"))
                {
                    OverTime = TimeMethods.Of(Text(documents, name, "cell_methods")),
                    KeepBits = documents[name + ZarrMetadata.AttributesOf]?[KeptBits.Attribute]?.GetValue<int>(),
                })],
                Version = format.InLayout,
                LeadTimesPerChunk = Part(Part(documents, first, "chunks"), 2).GetValue<int>(),
                LeadTimesPerShard = Part(documents[first]!["shards"] ?? Part(documents, first, "chunks"), 2).GetValue<int>(),
                Codec = codec.Id is ChunkCodec.Zstd or ChunkCodec.Blosc ? FieldCodec.Zstd : FieldCodec.Zlib,
                CompressionLevel = codec.Level,
                Run = ZarrLayoutCheck.RunOf(documents),
                Provenance = Provenance.Read(documents[ZarrMetadata.RootAttributes] as JsonObject),
                Precision = precision,
            };
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            throw new DataException($"{path} does not have the layout of a Cairn field store ({e.Message}). Name the store of a run.", e);
        }
    }

    private FieldMesh Mesh(ZarrFormat format, JsonObject documents)
    {
        var nodes = new long[checked(Extent(documents, UgridVariable.FaceNodes) * 3)];
        using var stream = files.OpenRead(Path.Combine(path, UgridVariable.FaceNodes, format.ChunkName(0, 0)));
        stream.ReadExactly(MemoryMarshal.AsBytes(nodes.AsSpan()));
        return new FieldMesh(
            Numbers<double>(format, documents, UgridVariable.NodeX), Numbers<double>(format, documents, UgridVariable.NodeY),
            Numbers<double>(format, documents, UgridVariable.NodeZ), Array.ConvertAll(nodes, node => checked((int)node)));
    }

    private T[] Numbers<T>(ZarrFormat format, JsonObject documents, string coordinate) where T : unmanaged
    {
        var values = new T[Extent(documents, coordinate)];
        var chunk = Extent(documents, coordinate, "chunks");
        for (var at = 0; at < values.Length; at += chunk)
        {
            using var stream = files.OpenRead(Path.Combine(path, coordinate, format.ChunkName(at / chunk)));
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(chunk, values.Length - at))));
        }

        return values;
    }

    private static int Extent(JsonObject documents, string name, string of = "shape") =>
        Part(Part(documents, name + ZarrMetadata.Array, of), 0).GetValue<int>() is var extent and > 0 and <= MostExtent
            ? extent
            : throw new FormatException($"the {of} of {name} is not from 1 to {MostExtent}");

    private static JsonNode Part(JsonObject documents, string document, string key) =>
        documents[document]?[key] ?? throw new FormatException($"{document} has no {key}");

    private static JsonNode Part(JsonNode list, int index) =>
        list is JsonArray array && index < array.Count && array[index] is { } item
            ? item
            : throw new FormatException("a list is too short");

    private static string? Text(JsonObject documents, string name, string attribute) =>
        documents[name + ZarrMetadata.AttributesOf]?[attribute]?.GetValue<string>();
}
