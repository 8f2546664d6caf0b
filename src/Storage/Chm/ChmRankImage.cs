using Cairn.Storage.Durable;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Chm;

/// <summary>The NetCDF-4 file of one rank, made in memory and written through durable files.</summary>
internal static class ChmRankImage
{
    private const int Piece = 8 << 20;

    /// <summary>Writes the file front to back; it still has to be made durable.</summary>
    /// <exception cref="SpecException">It would be larger than 2 GiB, or libnetcdf is not installed.</exception>
    public static ChmFileDigest Write(IDurableFile file, string name, ChmTime time, ChmRankState state)
    {
        using var image = NetCdfWriter.CreateInMemory(name);
        Define(image, time, state);
        image.EndDefinition();
        foreach (var variable in state.Variables)
        {
            image.Write(variable.Name, [0], [state.Triangles.Count], variable.Values);
        }

        image.Write(ChmNames.GlobalId, [0], [state.Triangles.Count], state.Triangles.AsStored);
        ChmFileDigest? digest = null;
        image.CloseInMemory((bytes, to) => digest = Write(to, bytes), file);
        return digest!;
    }

    private static void Define(NetCdfWriter image, ChmTime time, ChmRankState state)
    {
        image.DefineDimension(ChmNames.Triangles, state.Triangles.Count);
        foreach (var name in state.Variables.Select(v => v.Name).Append(ChmNames.GlobalId))
        {
            image.DefineVariable(name, NetCdfType.Double, [ChmNames.Triangles]);
        }

        image.DefineAttribute(null, ChmNames.RestartTime, time.Text);
        image.DefineAttribute(null, ChmNames.RestartSeconds, (ulong)time.Seconds);
    }

    // In pieces, so that what is digested is still in the processor's cache when it is written.
    private static ChmFileDigest Write(IDurableFile file, ReadOnlySpan<byte> bytes)
    {
        var crc = 0u;
        for (var at = 0; at < bytes.Length; at += Piece)
        {
            var piece = bytes.Slice(at, Math.Min(Piece, bytes.Length - at));
            crc = Crc32C.Append(crc, piece);
            file.Write(piece);
        }

        return new ChmFileDigest(bytes.Length, crc);
    }
}
