using System.Runtime.InteropServices;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>The chunks of the coordinate arrays, as a function of the layout.</summary>
internal static class ZarrCoordinates
{
    /// <summary>Path below the store, and bytes. The last chunk of a growing coordinate is padded to its full size.</summary>
    internal static IEnumerable<(string Path, byte[] Bytes)> Chunks(FieldLayout layout)
    {
        var unit = LeadTimeUnit.Of(layout.LeadTimes);
        foreach (var chunk in layout.Mesh is { } mesh ? Mesh(layout, mesh) : Grid(layout))
            yield return chunk;

        foreach (var chunk in InChunks(
            layout, FieldDescription.Time, [.. TimeCoordinate.Of(layout.Times).Values], ZarrMetadata.ChunkOfTimes(layout)))
        {
            yield return chunk;
        }

        foreach (var chunk in Growing(layout, FieldDescription.Ensemble, [.. Enumerable.Range(0, layout.Members).Select(m => (long)m)]))
            yield return chunk;

        long[] leadTimes = [.. layout.LeadTimes.Select(t => (long)t.TotalSeconds / unit.Seconds)];
        foreach (var chunk in Growing(layout, FieldDescription.LeadTime, leadTimes))
            yield return chunk;

        foreach (var chunk in layout.HasBounds ? Bounds(layout, leadTimes) : [])
            yield return chunk;
    }

    /// <summary>Sums are from the initial condition on.</summary>
    private static IEnumerable<(string Path, byte[] Bytes)> Bounds(FieldLayout layout, long[] leadTimes)
    {
        var length = ZarrMetadata.ChunkOf(layout, leadTimes.Length);
        foreach (var (index, ends) in leadTimes.Chunk(length).Index())
        {
            var chunk = new long[2 * length];
            foreach (var (i, end) in ends.Index())
                chunk[(2 * i) + 1] = end;

            yield return (Path(layout, FieldDescription.LeadTimeBounds, index, 0), Bytes(chunk));
        }
    }

    private static IEnumerable<(string Path, byte[] Bytes)> Grid(FieldLayout layout)
    {
        yield return (Path(layout, layout.GridDimensions[0], 0), Bytes([.. layout.Latitude]));
        yield return (Path(layout, layout.GridDimensions[1], 0), Bytes([.. layout.Longitude]));
    }

    private static IEnumerable<(string Path, byte[] Bytes)> Mesh(FieldLayout layout, FieldMesh mesh)
    {
        foreach (var variable in UgridVariable.Of(mesh, layout.Longitude))
            yield return (Path(layout, variable.Name, [.. variable.Dimensions.Select(_ => 0L)]), variable.Bytes);
    }

    private static IEnumerable<(string Path, byte[] Bytes)> Growing(FieldLayout layout, string name, long[] values) =>
        InChunks(layout, name, values, ZarrMetadata.ChunkOf(layout, values.Length));

    private static IEnumerable<(string Path, byte[] Bytes)> InChunks(FieldLayout layout, string name, long[] values, int length)
    {
        for (var at = 0; at < values.Length; at += length)
        {
            var chunk = new long[length];
            values.AsSpan(at, Math.Min(length, values.Length - at)).CopyTo(chunk);
            yield return (Path(layout, name, at / length), Bytes(chunk));
        }
    }

    private static string Path(FieldLayout layout, string name, params IEnumerable<long> index) =>
        $"{name}/{ZarrFormat.Of(layout).ChunkName(index)}";

    private static byte[] Bytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
