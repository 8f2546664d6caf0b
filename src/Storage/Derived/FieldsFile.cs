using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>
/// The fields of every member in one NetCDF-4 file (CF-1.8): <c>xarray.open_dataset</c> gives what <c>xarray.open_zarr</c> gives of the
/// store, as far as every member has committed. The same fields give the same bytes.
/// </summary>
public static class FieldsFile
{
    /// <summary>Writes the file whole, replacing what was there; it is durable when this returns.</summary>
    /// <exception cref="SpecException">The store keeps no fields, nothing is committed yet, or libnetcdf is not installed.</exception>
    /// <exception cref="DataException">A chunk is missing or damaged.</exception>
    /// <exception cref="TransientException">The disk refused; what was there before is untouched.</exception>
    public static void Write(IDurableFiles files, IFieldStore store, string path)
    {
        ArgumentNullException.ThrowIfNull(store);
        var part = new CommittedPart(store);
        DerivedFile.Write(files, path, file => Write(file, part));
    }

    private static void Write(NetCdfWriter file, CommittedPart part)
    {
        var layout = part.Layout;
        var header = new FieldsHeader(file, layout);
        header.Define(members: true);
        file.DefineVariable(ZarrMetadata.Committed, NetCdfType.Int64, [ZarrMetadata.Ensemble]);
        file.DefineFill(ZarrMetadata.Committed, long.MinValue);
        header.CopyAttributes(ZarrMetadata.Committed, ZarrMetadata.Committed);
        foreach (var variable in layout.Variables)
        {
            header.DefineFields(variable.Name, variable.Name, [ZarrMetadata.Ensemble], layout.LeadTimesPerChunk);
        }

        file.EndDefinition();
        header.WriteCoordinates(members: true);
        file.Write(ZarrMetadata.Committed, [0], [layout.Members], part.Committed);
        foreach (var variable in layout.Variables)
        {
            for (var member = 0; member < layout.Members; member++)
            {
                foreach (var (first, count) in part.Chunks())
                {
                    header.WriteFields(
                        variable.Name, [member, 0, first, .. layout.GridShape.Select(_ => 0L)],
                        [1, 1, count, .. layout.GridShape.Select(length => (long)length)],
                        part.Read(member, first, variable.Name)[..(count * layout.PlaneLength)]);
                }
            }
        }
    }
}
