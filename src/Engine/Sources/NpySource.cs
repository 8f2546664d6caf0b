using Cairn.Storage.Arrays;
using static Cairn.Engine.Sources.InitialVariables;

namespace Cairn.Engine.Sources;

/// <summary>One NumPy array a variable, on a grid that the spec gives.</summary>
internal sealed class NpySource() : SourceKind("npy", "one NumPy array per variable")
{
    public override bool NeedsGrid => true;
    public override SettingSection Section => Settings.Section;

    public override InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        var times = reader.Get(Settings.Times);
        return new InitialSpec(Word, "", times.First, reader.Get(Settings.Variables)) { LaterTimes = times.Later };
    }

    public override InitialCondition Load(InitialSpec spec) => NpyArrays.Read(spec);

    private static class Settings
    {
        public static readonly SettingSection<InitialSpec> Section = new(
            "initial", spec => spec.Initial, InitialSettings.Source.Is("npy"));

        public static readonly Setting<InitialTimes> Times = TimesIn(Section);

        public static readonly Setting<IReadOnlyList<InitialVariable>> Variables = Section.Add(
            "variables", Files(), i => i.Variables, shapes: Shaping.Numbers, example: "{ u = u.npy, v = v.npy }",
            help: "The file of each of the model's variables, in channel order.");
    }
}

/// <summary>One NumPy array <c>[latitude, longitude]</c> a variable: what <c>initial { source = npy }</c> reads.</summary>
internal static class NpyArrays
{
    internal static InitialCondition Read(InitialSpec spec)
    {
        var grid = spec.Grid!.ToGrid();
        var size = grid.Latitudes.Count * grid.Longitudes.Count;
        var fields = new double[checked(spec.Variables.Count * size)];
        for (var i = 0; i < spec.Variables.Count; i++)
            ReadField(spec.Variables[i], grid).CopyTo(fields.AsSpan(i * size));
        var units = spec.Variables.ToDictionary(v => v.Name, _ => (string?)null);
        return new InitialCondition(
            spec.VariableNames, grid, fields, spec.Time!.ToTime(), units);
    }

    private static double[] ReadField(InitialVariable variable, LatLonGrid grid)
    {
        var path = variable.FileVariable;
        try
        {
            using var file = File.OpenRead(path);
            RequireShape(variable, Npy.ReadHeader(file, path), grid);
            file.Position = 0;
            var values = ToDoubles(Npy.Read(file, path), path);
            var bad = values.Count(value => !double.IsFinite(value));
            return bad == 0
                ? values
                : throw new DataException($"{path}: {bad} of {values.Length} values of {variable.Name} are NaN or infinite; expected "
                    + "finite ones. Fill the gaps first.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"initial.variables.{variable.Name} names {path}, which cannot be read: {e.Message} Expected a "
                + "readable .npy file; check that it exists and is readable.", e);
        }
    }

    // Before the data: a header may promise any size.
    private static void RequireShape(InitialVariable variable, NpyHeader header, LatLonGrid grid)
    {
        long[] expected = [grid.Latitudes.Count, grid.Longitudes.Count];
        if (!header.Shape.SequenceEqual(expected))
            throw new DataException($"{variable.FileVariable} holds {variable.Name} with shape [{string.Join(", ", header.Shape)}]; "
                + $"expected [{string.Join(", ", expected)}], the latitudes and longitudes of initial.grid. Correct the grid, or save "
                + "the array as [latitude, longitude].");
    }

    private static double[] ToDoubles(NdArray array, string path) => (array.DType.Kind, array.DType.ItemSize) switch
    {
        ('f', 8) => array.AsSpan<double>().ToArray(),
        ('f', 4) => Convert(array.AsSpan<float>(), value => value),
        ('f', 2) => Convert(array.AsSpan<Half>(), value => (double)value),
        ('i', 8) => Convert(array.AsSpan<long>(), value => value),
        ('i', 4) => Convert(array.AsSpan<int>(), value => value),
        ('i', 2) => Convert(array.AsSpan<short>(), value => value),
        ('i', 1) => Convert(array.AsSpan<sbyte>(), value => value),
        ('u', 8) => Convert(array.AsSpan<ulong>(), value => value),
        ('u', 4) => Convert(array.AsSpan<uint>(), value => value),
        ('u', 2) => Convert(array.AsSpan<ushort>(), value => value),
        ('u', 1) => Convert(array.AsSpan<byte>(), value => value),
        _ => throw new DataException($"{path} holds {array.DType.Name}; expected real numbers, such as float32 or float64. Convert it with "
            + "NumPy's astype."),
    };

    private static double[] Convert<T>(ReadOnlySpan<T> values, Func<T, double> toDouble)
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = toDouble(values[i]);
        return result;
    }
}
