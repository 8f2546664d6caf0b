using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cairn.Storage.NetCdf;

/// <summary>A NetCDF file (classic or NetCDF-4, its root group) open for reading. May be used by several threads; calls take
/// turns.</summary>
public sealed class NetCdfFile : IDisposable
{
    private readonly Dictionary<string, NetCdfVariable> _byName;
    private GCHandle _memory;
    private int _id;

    private NetCdfFile(int id, string path, NetCdfContents contents, GCHandle memory)
    {
        _id = id;
        _memory = memory;
        Path = path;
        Dimensions = contents.Dimensions;
        Variables = contents.Variables;
        Attributes = contents.Attributes;
        _byName = contents.Variables.ToDictionary(v => v.Name);
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }
    public IReadOnlyList<NetCdfDimension> Dimensions { get; }

    /// <summary>All variables, coordinates included, in the file's order.</summary>
    public IReadOnlyList<NetCdfVariable> Variables { get; }

    /// <summary>Attributes of the file as a whole.</summary>
    public IReadOnlyDictionary<string, NetCdfAttribute> Attributes { get; }

    /// <summary>Opens a local file and reads what it says about itself.</summary>
    /// <exception cref="DataException">The file is missing, was cut short, or is no NetCDF file.</exception>
    /// <exception cref="SpecException">libnetcdf is not installed; the message says how to get it.</exception>
    public static NetCdfFile Open(string path)
    {
        NetCdfLibrary.Require();
        // A full path, because libnetcdf takes "http://…" for a remote data set and would fetch it.
        var full = System.IO.Path.GetFullPath(path);
        if (!PathFound.IsFile(full))
            throw new DataException($"The NetCDF file {full} does not exist. Check the path (relative paths start at " +
                $"{Environment.CurrentDirectory}).");

        using (NetCdfLibrary.Enter())
        {
            NetCdfLibrary.Check(NetCdfLibrary.Open(full, mode: 0, out var id), full, "opening it as NetCDF");
            try
            {
                ClassicHeader.RequireWhole(full);
                return new NetCdfFile(id, full, NetCdfContents.Read(id, full), default);
            }
            catch
            {
                _ = NetCdfLibrary.Close(id);
                throw;
            }
        }
    }

    /// <summary>Opens a NetCDF-4 file that was read into memory, and reads what it says about itself.</summary>
    /// <param name="bytes">The whole file; it must not change until this is disposed of.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="DataException">It is no NetCDF-4 file, or was cut short.</exception>
    /// <exception cref="SpecException">libnetcdf is not installed; the message says how to get it.</exception>
    public static NetCdfFile OpenInMemory(byte[] bytes, string name)
    {
        NetCdfLibrary.Require();
        RequireWhole(bytes, name);
        var memory = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        var id = -1;
        using (NetCdfLibrary.Enter())
        {
            try
            {
                var status = NetCdfLibrary.OpenInMemory(name, mode: 0, (nuint)bytes.Length, memory.AddrOfPinnedObject(), out id);
                id = status == 0 ? id : -1;
                NetCdfLibrary.Check(status, name, "opening it as NetCDF");
                return new NetCdfFile(id, name, NetCdfContents.Read(id, name), memory);
            }
            catch
            {
                if (id >= 0)
                    _ = NetCdfLibrary.Close(id);

                memory.Free();
                throw;
            }
        }
    }

    /// <summary>Finds a variable by its exact name.</summary>
    public bool TryGetVariable(string name, [NotNullWhen(true)] out NetCdfVariable? variable) => _byName.TryGetValue(name, out variable);

    /// <summary>Finds a variable by its exact name.</summary>
    /// <exception cref="DataException">There is none; the message lists those that exist.</exception>
    public NetCdfVariable Variable(string name) => _byName.TryGetValue(name, out var variable)
        ? variable
        : throw new DataException($"{Path} has no variable '{name}'"
            + (Variables.Count > 0 ? $". It has: {string.Join(", ", Variables)}." : ", nor any other outside of groups.")
            + (Variables.Count == 0 || name.Contains('/', StringComparison.Ordinal)
                ? " Variables in groups are not read: extract those of a group first (ncks -G : -g GROUP in.nc out.nc)." : ""));

    /// <summary>Reads a box of a numeric variable in C order, unpacked: <c>raw × scale_factor + add_offset</c>, respecting
    /// <c>_Unsigned</c>, and NaN where the raw value is <c>_FillValue</c>, a <c>missing_value</c>, unwritten, or outside
    /// <c>valid_range</c>, <c>valid_min</c> and <c>valid_max</c> (NetCDF User's Guide, appendix A; CF conventions 2.5 and 8.1).</summary>
    /// <param name="variable">A variable of this file.</param>
    /// <param name="start">The first index along each dimension.</param>
    /// <param name="count">How many values along each dimension.</param>
    /// <exception cref="DataException">The box reaches outside, is too large for memory, the variable is not numeric, or one of these
    /// attributes has no meaning; the message names it and how to fix it.</exception>
    public double[] ReadDoubles(NetCdfVariable variable, IReadOnlyList<long> start, IReadOnlyList<long> count)
    {
        var packing = Packing.Of(Path, variable);
        var values = ReadStored(variable, start, count);
        packing.Unpack(values);
        return values;
    }

    /// <summary>Why values of a box are NaN: <c>3 equal _FillValue = -999, 1 above valid_max = 400</c>.</summary>
    internal string WhyMissing(NetCdfVariable variable, IReadOnlyList<long> start, IReadOnlyList<long> count) =>
        Packing.Of(Path, variable).WhyMissing(ReadStored(variable, start, count));

    internal string WhyMissing(NetCdfVariable variable) => Packing.Of(Path, variable).WhyMissing(ReadStored(variable));

    /// <summary>Reads a whole numeric variable, as
    /// <see cref="ReadDoubles(NetCdfVariable, IReadOnlyList{long}, IReadOnlyList{long})"/>.</summary>
    public double[] ReadDoubles(NetCdfVariable variable) =>
        ReadDoubles(variable, [.. variable.Dimensions.Select(_ => 0L)], [.. variable.Dimensions.Select(d => d.Length)]);

    /// <summary>Reads a whole numeric variable as it is stored: neither unpacked, nor with NaN for what is missing.</summary>
    /// <exception cref="DataException">It is too large for memory, or not numeric.</exception>
    public double[] ReadStored(NetCdfVariable variable) =>
        ReadStored(variable, [.. variable.Dimensions.Select(_ => 0L)], [.. variable.Dimensions.Select(d => d.Length)]);

    /// <summary>As <see cref="ReadDoubles(NetCdfVariable, IReadOnlyList{long}, IReadOnlyList{long})"/>, rounded to single precision once
    /// unpacked.</summary>
    public float[] ReadFloats(NetCdfVariable variable, IReadOnlyList<long> start, IReadOnlyList<long> count) =>
        Array.ConvertAll(ReadDoubles(variable, start, count), value => (float)value);

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        using (NetCdfLibrary.Enter())
        {
            if (_id >= 0)
            {
                // Nothing was written, so there is nothing that closing could lose.
                _ = NetCdfLibrary.Close(_id);
                _id = -1;
                if (_memory.IsAllocated)
                    _memory.Free();
            }
        }
    }

    private static void RequireWhole(byte[] bytes, string name)
    {
        var superblock = Hdf5Superblock.Find(bytes)
            ?? throw new DataException($"{name} is not a NetCDF-4 file: its {bytes.Length} bytes do not begin as HDF5 does.");
        if (superblock.End > (ulong)bytes.Length)
            throw new DataException($"{name} was truncated: it has {bytes.Length} bytes; {superblock.End} were written.");
    }

    private double[] ReadStored(NetCdfVariable variable, IReadOnlyList<long> start, IReadOnlyList<long> count)
    {
        var values = new double[CheckedLength(variable, start, count)];
        if (values.Length > 0)
        {
            using (NetCdfLibrary.Enter())
            {
                ObjectDisposedException.ThrowIf(_id < 0, this);
                var status = NetCdfLibrary.GetDoubles(
                    _id, variable.Id, [.. start.Select(s => (nuint)s)], [.. count.Select(c => (nuint)c)], values);
                NetCdfLibrary.Check(status, Path, $"reading {variable}");
            }
        }

        return values;
    }

    private long CheckedLength(NetCdfVariable variable, IReadOnlyList<long> start, IReadOnlyList<long> count)
    {
        if (variable.Type is NetCdfType.Character or NetCdfType.Text or NetCdfType.None)
        {
            var held = variable.Type == NetCdfType.None ? "values of a type that the file defines itself" : $"{variable.Type}";
            throw new DataException($"{Path}: {variable} does not hold numbers, but {held}. Expected a variable of integers or floats; "
                + "convert it, or name another.");
        }

        UInt128 length = 1;
        var fits = start.Count == variable.Dimensions.Count && count.Count == variable.Dimensions.Count;
        for (var axis = 0; fits && axis < count.Count; axis++)
        {
            fits = start[axis] >= 0 && count[axis] >= 0 && start[axis] <= variable.Dimensions[axis].Length - count[axis];
            length *= (UInt128)Math.Max(0, count[axis]);
            fits &= length <= (UInt128)(Array.MaxLength / sizeof(double));
        }

        return fits
            ? (long)length
            : throw new DataException(
                $"{Path}: a box of {string.Join(" x ", count)} from ({string.Join(", ", start)}) does not fit {variable} or exceeds " +
                "memory.");
    }
}
