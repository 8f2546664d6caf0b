using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.State;

public sealed class NumpyArrayTextTests
{
    private const string Script = """
        import sys, numpy as np
        for name in sys.argv[1:]:
            print(np.array2string(np.load(name), separator=', '))
            print('--')
        """;

    [SkippableFact]
    public void Small_arrays_are_printed_as_numpy_prints_them()
    {
        NdArray[] arrays =
        [
            NdArray.From([0.5, 1.0, 2.25], 3), NdArray.From([1, -20, 300], 3), NdArray.From([1e-5, 2.5], 2), NdArray.From([1e9, 1.0], 2),
            NdArray.From([true, false], 2), NdArray.From([1.0, 2, 3, 4, 5, 6], 2, 3), NdArray.From([0.1f, 0.25f], 2),
            NdArray.From([double.NaN, -1.5, double.PositiveInfinity], 3), NdArray.From([-0.0, 100.125], 2), NdArray.From([1 / 3.0, 20], 2),
            NdArray.From([1, 2, 3, 4, 5, 6, 7, 8], 2, 2, 2), NdArray.From(new double[2000], 2000), NdArray.From([2.5]),
            NdArray.From<double>([], 0),
            NdText.From(["a", "long"], 2),
        ];
        using var directory = new Catalog.TemporaryDirectory();
        var paths = arrays.Select((array, index) => Save(array, Path.Combine(directory.Path, $"{index}.npy"))).ToArray();

        var printed = Python.Run(Script, ["numpy"], paths).Split("\n--\n");

        for (var i = 0; i < arrays.Length; i++)
            Assert.Equal(printed[i], NumpyArrayText.Format(arrays[i], "array"));
    }

    private static string Save(NdArray array, string path)
    {
        using var file = File.Create(path);
        Npy.Write(array, bytes => file.Write(bytes));
        return path;
    }
}
