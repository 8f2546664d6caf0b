using System.Runtime.InteropServices;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Chm;

/// <summary>The NetCDF-4 file of one rank, made in memory by libnetcdf and written through durable files. As a rule the library makes all
/// of it but the values, which go to the disk from where they are, without two copies of the state.</summary>
internal static class ChmRankImage
{
    private const int Piece = 1 << 20;

    /// <summary>Writes the file front to back; it still has to be made durable.</summary>
    /// <exception cref="SpecException">It would be larger than 2 GiB, or libnetcdf is not installed.</exception>
    public static ChmFileDigest Write(IDurableFile file, string name, ChmTime time, ChmRankState state)
    {
        var bytesEach = (long)state.Triangles.Count * sizeof(double);
        if (bytesEach * (state.Variables.Count + 1) > int.MaxValue - (1 << 20))
            throw new SpecException($"{name} would have {bytesEach * (state.Variables.Count + 1)} bytes; at most 2 GiB fit a rank's file. "
                + "Use more ranks.");

        var frame = Frame(name, time, state);
        var digesting = new DigestingFile(file);
        if (Hdf5Frame.TryPlaceValues(frame, [.. Names(state)], bytesEach))
        {
            digesting.Write(frame);
            Array.ForEach([.. Values(state)], values => digesting.Write(MemoryMarshal.AsBytes(values.AsSpan())));
        }
        else
        {
            WriteByLibrary(digesting, name, time, state);
        }

        return digesting.Digest;
    }

    /// <summary>The same, with every value passing through the library.</summary>
    internal static ChmFileDigest WriteByLibrary(IDurableFile file, string name, ChmTime time, ChmRankState state)
    {
        var digesting = new DigestingFile(file);
        WriteByLibrary(digesting, name, time, state);
        return digesting.Digest;
    }

    private static void WriteByLibrary(DigestingFile file, string name, ChmTime time, ChmRankState state)
    {
        using var image = NetCdfWriter.CreateInMemory(name);
        Define(image, time, state);
        foreach (var (variable, values) in Names(state).Zip(Values(state)))
            image.Write(variable, [0], [values.Length], values);

        image.CloseInMemory((bytes, to) => to.Write(bytes), file);
    }

    private static byte[] Frame(string name, ChmTime time, ChmRankState state)
    {
        using var image = NetCdfWriter.CreateInMemory(name);
        Define(image, time, state);
        return image.CloseInMemory();
    }

    private static void Define(NetCdfWriter image, ChmTime time, ChmRankState state)
    {
        image.DefineDimension(ChmNames.Triangles, state.Triangles.Count);
        foreach (var name in Names(state))
            image.DefineVariable(name, NetCdfType.Double, [ChmNames.Triangles]);

        image.DefineAttribute(null, ChmNames.RestartTime, time.Text);
        image.DefineAttribute(null, ChmNames.RestartSeconds, (ulong)time.Seconds);
        image.EndDefinition();
    }

    private static IEnumerable<string> Names(ChmRankState state) => state.Variables.Select(v => v.Name).Append(ChmNames.GlobalId);

    private static IEnumerable<double[]> Values(ChmRankState state) =>
        state.Variables.Select(v => v.Values).Append(state.Triangles.AsStored);

    private sealed class DigestingFile(IDurableFile inner)
    {
        private long _bytes;
        private uint _crc;

        public ChmFileDigest Digest => new(_bytes, _crc);

        // In pieces, so that what is digested is still in the processor's cache when it is written.
        public void Write(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length > 0; bytes = bytes[Math.Min(Piece, bytes.Length)..])
            {
                var piece = bytes[..Math.Min(Piece, bytes.Length)];
                _crc = Crc32C.Append(_crc, piece);
                inner.Write(piece);
                _bytes += piece.Length;
            }
        }
    }
}
