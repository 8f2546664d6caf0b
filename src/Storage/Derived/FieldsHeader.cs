using System.Text.Json.Nodes;
using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>
/// Dimensions, coordinates and attributes of a NetCDF file of fields: the names, values and words of the Zarr store, so that clients see
/// the same in both.
/// </summary>
internal sealed class FieldsHeader(NetCdfWriter file, FieldLayout layout)
{
    private readonly ZarrMetadata _metadata = new(layout);

    /// <summary>The type of the fields' values.</summary>
    internal NetCdfType FieldType => layout.Precision == FieldPrecision.Single ? NetCdfType.Float : NetCdfType.Double;

    /// <summary>Defines the dimensions, and a coordinate variable of each.</summary>
    /// <param name="members">Whether there is an axis of members.</param>
    internal void Define(bool members)
    {
        file.DefineAttribute(null, "Conventions", ZarrMetadata.Conventions(layout));
        if (members)
        {
            Coordinate(ZarrMetadata.Ensemble, layout.Members, NetCdfType.Int64);
        }

        Coordinate(ZarrMetadata.Time, 1, NetCdfType.Int64);
        Coordinate(ZarrMetadata.LeadTime, layout.LeadTimes.Count, NetCdfType.Int64);
        if (layout.Mesh is null)
        {
            Coordinate(ZarrMetadata.Latitude, layout.Latitude.Count, NetCdfType.Double);
            Coordinate(ZarrMetadata.Longitude, layout.Longitude.Count, NetCdfType.Double);
        }

        DefineMesh();
    }

    /// <summary>Defines a variable of fields, compressed and chunked by lead times, NaN where nothing is written.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="of">The variable of the store whose attributes it has.</param>
    /// <param name="before">Dimensions before time, lead time, latitude and longitude.</param>
    /// <param name="leadTimesPerChunk">Lead times of a chunk.</param>
    internal void DefineFields(string name, string of, IReadOnlyList<string> before, int leadTimesPerChunk)
    {
        long[] chunks =
            [.. before.Select(_ => 1L), 1, leadTimesPerChunk, .. layout.GridShape.Select(length => (long)length)];
        file.DefineVariable(
            name, FieldType, [.. before, ZarrMetadata.Time, ZarrMetadata.LeadTime, .. layout.GridDimensions],
            new NetCdfStorage(chunks, Math.Max(1, layout.CompressionLevel)));
        if (FieldType == NetCdfType.Float)
        {
            file.DefineFill(name, float.NaN);
        }
        else
        {
            file.DefineFill(name, double.NaN);
        }

        CopyAttributes(name, of);
    }

    /// <summary>Gives a variable the texts and whole numbers among the attributes that one of the store has.</summary>
    internal void CopyAttributes(string name, string of)
    {
        foreach (var (key, value) in _metadata.Documents[$"{of}/.zattrs"])
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var words))
            {
                file.DefineAttribute(name, key, words);
            }
            else if (value is JsonValue number && number.TryGetValue<int>(out var whole))
            {
                file.DefineAttribute(name, key, whole);
            }
        }
    }

    /// <summary>Writes the coordinates, after the definitions have ended.</summary>
    internal void WriteCoordinates(bool members)
    {
        if (members)
        {
            Write(ZarrMetadata.Ensemble, [.. Enumerable.Range(0, layout.Members).Select(m => (long)m)]);
        }

        var unit = LeadTimeUnit.Of(layout.LeadTimes);
        Write(ZarrMetadata.Time, [TimeCoordinate.Of(layout.Time).Value]);
        Write(ZarrMetadata.LeadTime, [.. layout.LeadTimes.Select(t => (long)t.TotalSeconds / unit.Seconds)]);
        if (layout.Mesh is null)
        {
            Write(ZarrMetadata.Latitude, [.. layout.Latitude]);
            Write(ZarrMetadata.Longitude, [.. layout.Longitude]);
        }

        WriteMesh();

        void Write<T>(string name, T[] values) where T : unmanaged => file.Write(name, [0], [values.Length], values);
    }

    /// <summary>Writes values of a variable of fields, in the fields' own precision.</summary>
    internal void WriteFields(string name, IReadOnlyList<long> start, IReadOnlyList<long> count, double[] values)
    {
        if (FieldType == NetCdfType.Float)
        {
            file.Write(name, start, count, Array.ConvertAll(values, value => (float)value));
        }
        else
        {
            file.Write(name, start, count, values);
        }
    }

    private IEnumerable<UgridVariable> Mesh => layout.Mesh is { } mesh ? UgridVariable.Of(mesh, layout.Longitude) : [];

    private void DefineMesh()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var variable in Mesh)
        {
            foreach (var (name, length) in variable.Dimensions.Zip(variable.Shape).Where(dimension => known.Add(dimension.First)))
            {
                file.DefineDimension(name, length);
            }

            file.DefineVariable(
                variable.Name, variable.Values is long[] ? NetCdfType.Int64 : NetCdfType.Double, variable.Dimensions);
            CopyAttributes(variable.Name, variable.Name);
        }
    }

    private void WriteMesh()
    {
        foreach (var variable in Mesh)
        {
            long[] start = [.. variable.Shape.Select(_ => 0L)], count = [.. variable.Shape.Select(length => (long)length)];
            if (variable.Values is long[] whole)
            {
                file.Write(variable.Name, start, count, whole);
            }
            else
            {
                file.Write(variable.Name, start, count, (double[])variable.Values);
            }
        }
    }

    private void Coordinate(string name, int length, NetCdfType type)
    {
        file.DefineDimension(name, length);
        file.DefineVariable(name, type, [name]);
        CopyAttributes(name, name);
    }
}
