namespace Cairn.Engine.Sources.Regridding;

/// <summary>Brings fields from one regular latitude-longitude grid onto another, in double precision. Latitudes may come in either order,
/// evenly spaced or not, longitudes eastward from anywhere; the source may cover a part of the globe.</summary>
/// <remarks>
/// <para>Every component is brought over as a scalar. Between the outermost row and a pole that the grid covers, that row's values
/// hold.</para>
/// <para>A pure function of its arguments: what it does to a field depends on no other field. On the source's own grid it is the
/// identity, bit for bit, whatever the method.</para>
/// </remarks>
public sealed class GridTransfer
{
    private readonly LatLonGrid _from;
    private readonly AxisWeights? _rows;
    private readonly AxisWeights? _columns;

    private GridTransfer(LatLonGrid from, LatLonGrid to, AxisWeights? rows, AxisWeights? columns) =>
        (_from, Target, _rows, _columns) = (from, to, rows, columns);

    /// <summary>The grid that fields are brought to.</summary>
    public LatLonGrid Target { get; }

    /// <summary>Finds the weights.</summary>
    /// <exception cref="SpecException">A grid is not regular or in metres, or the target reaches beyond the source; the message names the
    /// box.</exception>
    public static GridTransfer Between(LatLonGrid from, LatLonGrid to, RegridMethod method)
    {
        if (from.Unit != GridUnit.Degrees || to.Unit != GridUnit.Degrees)
            throw new SpecException("initial.regrid is for grids in degrees, and the source lies on a plane in metres. Leave it out.");
        if (from.Equals(to))
            return new GridTransfer(from, to, null, null);
        var rows = AxisWeights.Of(LatitudeAxis.Of(from.Latitudes), LatitudeAxis.Of(to.Latitudes), to.Latitudes, method);
        var columns = AxisWeights.Of(LongitudeAxis.Of(from.Longitudes), LongitudeAxis.Of(to.Longitudes), to.Longitudes, method);
        return new GridTransfer(from, to, rows, columns);
    }

    /// <summary>Brings fields over.</summary>
    /// <param name="fields"><c>[field, latitude, longitude]</c> of the source, in C order.</param>
    /// <returns><c>[field, latitude, longitude]</c> of the target.</returns>
    public double[] Apply(ReadOnlySpan<double> fields)
    {
        var size = _from.Latitudes.Count * _from.Longitudes.Count;
        if (size == 0 || fields.Length % size != 0)
            throw new ArgumentException($"{fields.Length} values are not fields on a grid {_from}.", nameof(fields));
        if (_rows is null || _columns is null)
            return fields.ToArray();
        var count = fields.Length / size;
        var length = _rows.Count * _columns.Count;
        var result = new double[checked(count * length)];
        for (var i = 0; i < count; i++)
            Field(_rows, _columns, fields.Slice(i * size, size), result.AsSpan(i * length, length));
        return result;
    }

    private void Field(AxisWeights rows, AxisWeights columns, ReadOnlySpan<double> field, Span<double> result)
    {
        var width = _from.Longitudes.Count;
        var row = new double[width];
        for (var i = 0; i < rows.Count; i++)
        {
            Array.Clear(row);
            foreach (var (index, weight) in rows[i])
            {
                var source = field.Slice(index * width, width);
                for (var j = 0; j < width; j++)
                    row[j] += weight * source[j];
            }
            for (var j = 0; j < columns.Count; j++)
            {
                var sum = 0d;
                foreach (var (index, weight) in columns[j])
                    sum += weight * row[index];
                result[(i * columns.Count) + j] = sum;
            }
        }
    }
}
