using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>Mean, spread and quantiles over the members in one NetCDF-4 file (CF-1.10): per variable <c>u_mean</c>, <c>u_std</c> and
/// <c>u_quantile</c>, as far as every member has committed. Worked out in float64 in the order of the members and rounded once to the
/// fields' precision: the same fields give the same bytes, however the ensemble was cut.</summary>
public static class StatisticsFile
{
    private const string Quantile = "quantile";

    /// <summary>Values that are held at once, unless one lead time of all members is more.</summary>
    private const long MostValues = 32 << 20;

    /// <summary>Writes the file whole, replacing what was there; it is durable when this returns.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="store">The fields of the members.</param>
    /// <param name="path">The file.</param>
    /// <param name="quantiles">Probabilities from 0 to 1, growing; may be empty.</param>
    /// <exception cref="SpecException">The store keeps no fields, nothing is committed yet, or libnetcdf is not installed.</exception>
    /// <exception cref="DataException">A chunk is missing or damaged.</exception>
    /// <exception cref="TransientException">The disk refused; what was there before is untouched.</exception>
    public static void Write(IDurableFiles files, IFieldStore store, string path, IReadOnlyList<double> quantiles)
    {
        var grow = quantiles.Zip(quantiles.Skip(1)).All(p => p.First < p.Second);
        if (!grow || quantiles.Any(q => !(q is >= 0 and <= 1)))
            throw new SpecException($"The quantiles are {string.Join(", ", quantiles)}; expected numbers from 0 to 1, growing.");

        var part = new CommittedPart(store);
        DerivedFile.Write(files, path, file => Write(file, part, quantiles));
    }

    private static void Write(NetCdfWriter file, CommittedPart part, IReadOnlyList<double> quantiles)
    {
        var header = new FieldsHeader(file, part.Layout, MembersOfFile.None);
        header.Define();
        file.DefineAttribute(null, "ensemble_size", part.Layout.Members);
        if (quantiles.Count > 0)
        {
            file.DefineDimension(Quantile, quantiles.Count);
            file.DefineVariable(Quantile, NetCdfType.Double, [Quantile]);
            file.DefineAttribute(Quantile, "long_name", "probability of the quantile");
            file.DefineAttribute(Quantile, "units", "1");
        }

        foreach (var variable in part.Layout.Variables)
            Define(file, header, variable, quantiles.Count > 0);

        header.EndDefinition();
        header.WriteCoordinates();
        if (quantiles.Count > 0)
            file.Write(Quantile, [0], [quantiles.Count], (double[])[.. quantiles]);

        foreach (var variable in part.Layout.Variables)
        {
            foreach (var (chunk, offset, count) in Pieces(part))
                Write(header, part, variable.Name, quantiles, chunk, offset, count);
        }
    }

    private static void Define(NetCdfWriter file, FieldsHeader header, FieldVariable variable, bool withQuantiles)
    {
        header.DefineFields($"{variable.Name}_mean", variable, [], $"{FieldsHeader.Realization}: mean");
        header.DefineFields($"{variable.Name}_std", variable, [], $"{FieldsHeader.Realization}: standard_deviation");
        if (withQuantiles)
        {
            // CF has no method of this name.
            header.DefineFields($"{variable.Name}_quantile", variable, [Quantile], overMembers: null);
            file.DefineAttribute(
                $"{variable.Name}_quantile", "comment", "quantiles over the members, by linear interpolation between them");
        }
    }

    /// <summary>Chunks, cut so that memory stays bounded: first lead time of the chunk, offset in it, and how many.</summary>
    private static IEnumerable<(int Chunk, int Offset, int Count)> Pieces(CommittedPart part)
    {
        var atOnce = (int)Math.Clamp(MostValues / ((long)part.Layout.Members * part.Layout.PlaneLength), 1, part.Layout.LeadTimesPerChunk);
        foreach (var (first, count) in part.Chunks())
        {
            for (var offset = 0; offset < count; offset += atOnce)
                yield return (first, offset, Math.Min(atOnce, count - offset));
        }
    }

    private static void Write(
        FieldsHeader header, CommittedPart part, string variable, IReadOnlyList<double> quantiles, int chunk, int offset, int count)
    {
        var plane = part.Layout.PlaneLength;
        var piece = (offset * plane)..((offset + count) * plane);
        var statistics = new MemberStatistics(
            [.. Enumerable.Range(0, part.Layout.Members).Select(m => part.Read(m, chunk, variable)[piece])]);
        long[] grid = [.. part.Layout.GridShape.Select(_ => 0L)], points = [.. part.Layout.GridShape.Select(length => (long)length)];
        var mean = statistics.Mean();
        header.WriteFields($"{variable}_mean", [chunk + offset, .. grid], [count, .. points], mean);
        header.WriteFields($"{variable}_std", [chunk + offset, .. grid], [count, .. points], statistics.StandardDeviation(mean));
        foreach (var (q, values) in statistics.Quantiles(quantiles).Index())
            header.WriteFields($"{variable}_quantile", [chunk + offset, q, .. grid], [count, 1, .. points], values);
    }
}
