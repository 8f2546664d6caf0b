using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Engine.Torch;

/// <summary>Turns what libtorch tells of itself into the few values that are compared on resume.</summary>
internal static class TorchFingerprint
{
    private const string Capability = "CPU capability usage:";

    internal static IReadOnlyDictionary<string, string> Compose(
        string version, string configuration, string device, string blasPath, int threads) => new SortedDictionary<string, string>(
            StringComparer.Ordinal)
        {
            ["libtorch"] = version,
            ["config"] = Digest(configuration),
            ["device"] = device,
            ["instruction-set"] = InstructionSet(configuration),
            ["blas"] = blasPath.Length == 0 ? "built in" : BlasName(blasPath),
            ["threads"] = threads.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>The vector instructions that libtorch chose on this CPU: DEFAULT, AVX2, AVX512, …</summary>
    internal static string InstructionSet(string configuration)
    {
        var line = configuration.Split('\n').Select(l => l.Trim(' ', '-', '\r'))
            .FirstOrDefault(l => l.StartsWith(Capability, StringComparison.Ordinal));
        return line is null ? "unknown" : line[Capability.Length..].Trim();
    }

    // Debian's alternatives system makes libblas.so.3 a chain of links: the file at its end tells which BLAS it is.
    private static string BlasName(string path)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return Path.GetFileName(Path.GetDirectoryName(target)) is { Length: > 0 } folder
            ? $"{folder}/{Path.GetFileName(target)}"
            : Path.GetFileName(target);
    }

    private static string Digest(string configuration) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(configuration)))[..16];
}
