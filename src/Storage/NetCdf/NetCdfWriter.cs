using System.Buffers;
using System.Runtime.InteropServices;

namespace Cairn.Storage.NetCdf;

/// <summary>A new NetCDF-4 file, on disk or in memory: first its dimensions, variables and attributes, then values. What is written depends
/// on the calls alone: libnetcdf keeps HDF5's times of creation off, and nothing here adds a clock. May be used by several threads; calls
/// take turns.</summary>
/// <remarks>libnetcdf writes files by itself, without fsync: give <see cref="Create"/> a temporary name, and make the file durable after
/// <see cref="Close"/>. A file in memory is given back by <see cref="CloseInMemory"/>, to be written in any way.</remarks>
public sealed class NetCdfWriter : IDisposable
{
    private readonly string _path;
    private readonly Dictionary<string, (int Id, long Length)> _dimensions = [];
    private readonly Dictionary<string, (int Id, NetCdfType Type, int Rank)> _variables = [];
    private int _id;
    private bool _hasFailed;

    private NetCdfWriter(int id, string path) => (_id, _path) = (id, path);

    /// <summary>Creates a file on disk; the name must be free.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classic">Whether it keeps to the classic data model, which every reader of NetCDF-4 knows: no integers of 64 bits, no
    /// unsigned ones, one unlimited dimension.</param>
    /// <exception cref="SpecException">libnetcdf is not installed; the message says how to get it.</exception>
    /// <exception cref="TransientException">The file cannot be made.</exception>
    public static NetCdfWriter Create(string path, bool classic = false)
    {
        NetCdfLibrary.Require();
        // A full path, because libnetcdf takes "http://…" for a remote data set.
        var full = System.IO.Path.GetFullPath(path);
        using (NetCdfLibrary.Enter())
        {
            var mode = NetCdfOutputLibrary.NewFile | NetCdfOutputLibrary.NetCdf4 | (classic ? NetCdfOutputLibrary.ClassicModel : 0);
            Check(NetCdfOutputLibrary.Create(full, mode, out var id), full, "creating it");
            return new NetCdfWriter(id, full);
        }
    }

    /// <summary>Creates a file in memory.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="SpecException">libnetcdf is not installed; the message says how to get it.</exception>
    public static NetCdfWriter CreateInMemory(string name)
    {
        NetCdfLibrary.Require();
        using (NetCdfLibrary.Enter())
        {
            Check(NetCdfOutputLibrary.CreateInMemory(name, NetCdfOutputLibrary.NetCdf4, 0, out var id), name, "creating it in memory");
            return new NetCdfWriter(id, name);
        }
    }

    /// <summary>Defines a dimension.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">Its length, at least 1; of an unlimited dimension the one that it will come to.</param>
    /// <param name="unlimited">Whether it may grow.</param>
    public void DefineDimension(string name, long length, bool unlimited = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Call($"defining the dimension {name}", () =>
        {
            var status = NetCdfOutputLibrary.DefineDimension(_id, name, unlimited ? 0 : (nuint)length, out var id);
            _dimensions[name] = (id, length);
            return status;
        });
    }

    /// <summary>Defines a variable of a fixed-size type on dimensions defined before.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">A number or a character.</param>
    /// <param name="dimensions">Names, the slowest first; none for a single value.</param>
    /// <param name="storage">How it is chunked and compressed; contiguous when not given.</param>
    public void DefineVariable(string name, NetCdfType type, IReadOnlyList<string> dimensions, NetCdfStorage? storage = null)
    {
        int[] ids = [.. dimensions.Select(d => Dimension(d).Id)];
        Call($"defining the variable {name}", () =>
        {
            var status = NetCdfOutputLibrary.DefineVariable(_id, name, (int)type, ids.Length, ids, out var id);
            _variables[name] = (id, type, ids.Length);
            return status;
        });
        if (storage is null)
            return;

        var chunks = storage.Chunks.Zip(dimensions, (extent, d) => (nuint)Math.Min(extent, Dimension(d).Length)).ToArray();
        Call($"chunking {name}", () => NetCdfOutputLibrary.DefineChunks(_id, Variable(name).Id, 0, chunks));
        if (storage.DeflateLevel > 0)
            Call($"compressing {name}", () => NetCdfOutputLibrary.DefineDeflate(_id, Variable(name).Id, 1, 1, storage.DeflateLevel));
    }

    /// <summary>Sets <c>_FillValue</c>, which is what values that are never written read as.</summary>
    /// <param name="variable">A variable that was defined.</param>
    /// <param name="value">A value of the variable's own type.</param>
    public void DefineFill<T>(string variable, T value) where T : unmanaged
    {
        RequireType<T>(variable);
        var bytes = MemoryMarshal.AsBytes([value]).ToArray();
        Call($"setting the fill value of {variable}", () => NetCdfOutputLibrary.DefineFill(_id, Variable(variable).Id, 0, in bytes[0]));
    }

    /// <summary>Sets a text attribute of a variable, or of the file when <paramref name="variable"/> is null.</summary>
    public void DefineAttribute(string? variable, string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        PutAttribute(variable, name, NetCdfType.Character, bytes.Length, bytes.Length == 0 ? [0] : bytes);
    }

    /// <summary>Sets a numeric attribute of a variable, or of the file when <paramref name="variable"/> is null; its type follows from
    /// <typeparamref name="T"/>.</summary>
    public void DefineAttribute<T>(string? variable, string name, params T[] values) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        PutAttribute(variable, name, TypeOf<T>(), values.Length, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }

    /// <summary>Ends the definitions; values may be written from here on.</summary>
    public void EndDefinition() => Call("ending its definition", () => NetCdfOutputLibrary.EndDefinition(_id));

    /// <summary>Writes a box of a variable, in C order.</summary>
    /// <param name="variable">A variable that was defined.</param>
    /// <param name="start">The first index along each dimension.</param>
    /// <param name="count">How many values along each dimension.</param>
    /// <param name="values">Values of the variable's own type.</param>
    /// <exception cref="TransientException">libnetcdf could not write, for instance because the disk is full.</exception>
    public void Write<T>(string variable, IReadOnlyList<long> start, IReadOnlyList<long> count, T[] values) where T : unmanaged
    {
        var rank = RequireType<T>(variable);
        if (start.Count != rank || count.Count != rank || count.Aggregate(1L, (a, b) => checked(a * b)) != values.Length)
            throw new ArgumentException($"{values.Length} values were given for {string.Join(" x ", count)} of {variable}, which has "
                + $"{rank} dimensions.", nameof(values));

        if (values.Length > 0)
            Call($"writing {variable}", () => NetCdfOutputLibrary.PutValues(
                _id, Variable(variable).Id, [.. start.Select(s => (nuint)s)], [.. count.Select(c => (nuint)c)],
                in MemoryMarshal.AsBytes(values.AsSpan())[0]));
    }

    /// <summary>Finishes a file on disk. It still has to be made durable.</summary>
    /// <exception cref="TransientException">What was still to be written could not be.</exception>
    public void Close() => Call("closing it", () => NetCdfLibrary.Close(Interlocked.Exchange(ref _id, -1)));

    /// <summary>Finishes a file in memory and gives its bytes.</summary>
    public byte[] CloseInMemory()
    {
        byte[] copy = [];
        CloseInMemory((bytes, _) => copy = bytes.ToArray(), 0);
        return copy;
    }

    /// <summary>Finishes a file in memory and shows its bytes, without a copy, for as long as <paramref name="use"/> runs.</summary>
    /// <exception cref="SpecException">The file is larger than 2 GiB.</exception>
    public void CloseInMemory<T>(ReadOnlySpanAction<byte, T> use, T argument)
    {
        var file = default(NetCdfOutputLibrary.MemoryFile);
        Call("closing it", () => NetCdfOutputLibrary.CloseInMemory(Interlocked.Exchange(ref _id, -1), out file));
        unsafe
        {
            try
            {
                if (file.Size > int.MaxValue)
                    throw new SpecException(
                        $"{_path} would have {file.Size} bytes; at most {int.MaxValue} fit a file that is made in memory.");

                var bytes = new ReadOnlySpan<byte>((void*)file.Memory, (int)file.Size);
                use(bytes[..Length(bytes)], argument);
            }
            finally
            {
                NativeMemory.Free((void*)file.Memory);
            }
        }
    }

    /// <summary>Gives a file up that was not closed; what is on disk of it is of no use.</summary>
    public void Dispose()
    {
        using (NetCdfLibrary.Enter())
        {
            var id = Interlocked.Exchange(ref _id, -1);
            // Of a file that the disk refused, libnetcdf (4.9) reads what HDF5 has freed already, and the process dies: such a file stays
            // open until the process ends.
            if (id >= 0 && !_hasFailed)
            {
                // The caller has changed its mind, and an error of its own may be on its way already.
                _ = NetCdfOutputLibrary.Abort(id);
            }
        }
    }

    /// <summary>HDF5 enlarges a file in memory by whole blocks, and gives the unused rest of the last one back as well.</summary>
    private static int Length(ReadOnlySpan<byte> bytes) =>
        Hdf5Superblock.Find(bytes) is { } superblock && superblock.End < (ulong)bytes.Length ? (int)superblock.End : bytes.Length;

    private void PutAttribute(string? variable, string name, NetCdfType type, int length, byte[] bytes) =>
        Call($"setting the attribute {name}", () => NetCdfOutputLibrary.PutAttribute(
            _id, variable is null ? NetCdfOutputLibrary.WholeFile : Variable(variable).Id, name, (int)type, (nuint)length, in bytes[0]));

    private (int Id, long Length) Dimension(string name) =>
        _dimensions.TryGetValue(name, out var found) ? found : throw new ArgumentException($"{_path} has no dimension {name} yet.");

    private (int Id, NetCdfType Type, int Rank) Variable(string name) =>
        _variables.TryGetValue(name, out var found) ? found : throw new ArgumentException($"{_path} has no variable {name} yet.");

    private int RequireType<T>(string variable) where T : unmanaged
    {
        var (_, type, rank) = Variable(variable);
        return type == TypeOf<T>()
            ? rank
            : throw new ArgumentException($"{variable} is of type {type}; values of {typeof(T).Name} were given.");
    }

    private void Call(string doing, Func<int> call)
    {
        using (NetCdfLibrary.Enter())
        {
            ObjectDisposedException.ThrowIf(_id < 0, this);
            var status = call();
            _hasFailed |= status != 0;
            Check(status, _path, doing);
        }
    }

    private static void Check(int status, string path, string doing)
    {
        if (status != 0)
            throw new TransientException($"{path}: {doing} failed: {NetCdfLibrary.Reason(status)} (libnetcdf status {status}). Check "
                + "that the disk has space and the folder is writable; existing files have not changed.");
    }

    private static NetCdfType TypeOf<T>() where T : unmanaged => default(T) switch
    {
        sbyte => NetCdfType.SignedByte,
        byte => NetCdfType.UnsignedByte,
        short => NetCdfType.Int16,
        ushort => NetCdfType.UInt16,
        int => NetCdfType.Int32,
        uint => NetCdfType.UInt32,
        long => NetCdfType.Int64,
        ulong => NetCdfType.UInt64,
        float => NetCdfType.Float,
        double => NetCdfType.Double,
        _ => throw new ArgumentException($"NetCDF has no type for {typeof(T).Name}."),
    };
}

/// <summary>How a variable is stored.</summary>
/// <param name="Chunks">Values of a chunk along each dimension; cut to the dimension's length.</param>
/// <param name="DeflateLevel">From 1 to 9, with the bytes shuffled; 0 for no compression.</param>
public sealed record NetCdfStorage(IReadOnlyList<long> Chunks, int DeflateLevel);
