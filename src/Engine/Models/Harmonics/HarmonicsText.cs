using System.Reflection;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>
/// The TorchScript texts of the spectral models, files of <c>models/</c> that the assembly carries. A text is compiled against the tables
/// that it names, so that each takes from the shared one only the functions that it calls.
/// </summary>
internal static class HarmonicsText
{
    private const string Shared = "spherical-harmonics.ts";
    private const string Start = "def ";

    /// <summary>What every model needs that is stepped.</summary>
    internal static IReadOnlyList<string> ForSteps { get; } =
        ["to_grid", "to_spectra", "along", "across", "convergence", "step", "turned", "waves_of", "curl", "at_rows", "on_input_grid"];

    /// <summary>A model's own text behind the functions of the shared one that it calls.</summary>
    internal static string With(string own, IEnumerable<string> functions) =>
        string.Join("\n\n\n", [.. Functions(Read(Shared), functions), own]);

    /// <summary>Functions of a text, in the order asked for.</summary>
    internal static IEnumerable<string> Functions(string text, IEnumerable<string> names) => names.Select(name => Function(text, name));

    /// <exception cref="InvalidOperationException">The assembly was built without it.</exception>
    internal static string Read(string resource)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly was built without its resource '{resource}' (models/{resource}).");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Function(string text, string name)
    {
        var start = text.IndexOf($"{Start}{name}(", StringComparison.Ordinal);
        if (start < 0)
        {
            throw new InvalidOperationException($"The TorchScript text has no function {name}.");
        }

        var next = text.IndexOf("\n" + Start, start, StringComparison.Ordinal);
        return (next < 0 ? text[start..] : text[start..next]).TrimEnd();
    }
}
