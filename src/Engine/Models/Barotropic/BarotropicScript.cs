using System.Reflection;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Barotropic;

/// <summary>The model's TorchScript text, <c>models/barotropic.ts</c>, which the assembly carries, and its compilation.</summary>
internal static class BarotropicScript
{
    private const string Resource = "barotropic.ts";

    internal static string Text { get; } = Read();

    internal static ScriptModule Compile(BarotropicOptions options)
    {
        var shape = new SpectralShape(options.Truncation);
        var grid = new InputGrid(options.Grid, options.Truncation);
        return Compile(Text, Tables(shape, grid, options), "barotropic", options.DType, options.Device);
    }

    internal static ScriptModule Compile(
        string text, IEnumerable<KeyValuePair<string, Table>> tables, string name, TorchDType dtype, TorchDevice device)
    {
        var buffers = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var (key, table) in tables)
            {
                buffers[key] = table.ToTensor(dtype, device);
            }
            return ScriptModule.FromSource(text, buffers, name);
        }
        finally
        {
            foreach (var buffer in buffers.Values)
            {
                buffer.Dispose();
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, Table>> Tables(SpectralShape shape, InputGrid grid, BarotropicOptions options) =>
        TransformTables.For(shape)
            .Concat(OperatorTables.For(shape, options.Step.TotalSeconds, options.Hyperdiffusion))
            .Concat(GridTables.For(shape, grid));

    private static string Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The assembly was built without its resource '{Resource}' (models/barotropic.ts).");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
