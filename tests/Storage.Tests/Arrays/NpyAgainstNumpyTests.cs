using System.Text.Json;
using Cairn.Storage.Arrays;

namespace Cairn.Storage.Tests.Arrays;

/// <summary>What NumPy writes is read with the same values, and what is written here has NumPy's own bytes.</summary>
public sealed class NpyAgainstNumpyTests : IDisposable
{
    private const string Write = """
        import sys, json, itertools, numpy as np
        root = sys.argv[1]
        rng = np.random.default_rng(20250101)
        names = ['bool', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'c8', 'c16', 'U1', 'U5', 'S1', 'S3',
                 'M8[h]', 'M8[ns]', 'M8[25s]', 'M8', 'm8[s]', 'm8[D]', 'm8[us]', 'm8']
        shapes = [(), (1,), (7,), (0,), (2, 3), (3, 0, 2), (2, 3, 4), (1, 1, 5), (2, 1, 3, 2, 2)]
        index = []
        for name, order, shape, layout in itertools.product(names, '<>', shapes, 'CF'):
            dtype = np.dtype(name).newbyteorder(order)
            little = np.dtype(name).newbyteorder('<')
            n = int(np.prod(shape))
            if dtype.kind == 'b': a = rng.integers(0, 2, n) == 1
            elif dtype.kind == 'U':
                letters = list('ab\u00e9\u4e2d\U0001F30D')
                a = np.array([''.join(rng.choice(letters, rng.integers(0, 6))) for _ in range(n)], dtype=dtype)
            else: a = np.frombuffer(rng.bytes(n * dtype.itemsize), dtype=dtype)
            a = a.astype(dtype).reshape(shape)
            a = np.asfortranarray(a).reshape(shape) if layout == 'F' else a
            key = str(len(index))
            version = [(1, 0), (2, 0), (3, 0)][len(index) % 3]
            with open(f'{root}/{key}.npy', 'wb') as f: np.lib.format.write_array(f, a, version=version)
            plain = np.ascontiguousarray(a.byteswap().newbyteorder() if order == '>' else a).astype(little, copy=False).reshape(shape)
            np.save(f'{root}/{key}.expected.npy', plain)
            open(f'{root}/{key}.bin', 'wb').write(plain.tobytes())
            index.append({'key': key, 'dtype': str(little), 'shape': list(shape)})
        json.dump(index, open(f'{root}/index.json', 'w'))
        print(len(index))
        """;

    private const string ReadBack = """
        import sys, glob, numpy as np
        root = sys.argv[1]
        n = 0
        for path in glob.glob(f'{root}/*.written.npy'):
            a, b = np.load(path), np.load(path.replace('.written.', '.expected.'))
            assert a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes(), path
            n += 1
        print(n)
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("cairn-npy-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void Every_type_order_and_shape_is_read_and_written_as_numpy_does()
    {
        var count = Python.Run(Write, ["numpy"], _root).Trim();
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(_root, "index.json")));
        foreach (var entry in index.RootElement.EnumerateArray())
        {
            var key = entry.GetProperty("key").GetString()!;
            using var stream = File.OpenRead(Path.Combine(_root, key + ".npy"));
            var array = Npy.Read(stream, key);

            Assert.Equal(entry.GetProperty("dtype").GetString(), array.DType.Name);
            Assert.Equal(array.DType, NpyDType.Parse(array.DType.Name));
            Assert.Equal(array.DType, NpyDType.Parse(array.DType.Descr));
            Assert.Equal(entry.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64()), array.Shape);
            Assert.True(array.Data.Span.SequenceEqual(File.ReadAllBytes(Path.Combine(_root, key + ".bin"))), entry.ToString());

            var written = new MemoryStream();
            Npy.Write(array, written.Write);
            Assert.Equal(File.ReadAllBytes(Path.Combine(_root, key + ".expected.npy")), written.ToArray());
            File.WriteAllBytes(Path.Combine(_root, key + ".written.npy"), written.ToArray());
        }

        Assert.Equal(count, Python.Run(ReadBack, ["numpy"], _root).Trim());
        Assert.Equal(26 * 2 * 9 * 2, index.RootElement.GetArrayLength());
    }
}
