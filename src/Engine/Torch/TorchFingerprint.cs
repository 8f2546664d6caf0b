using System.Security.Cryptography;

namespace Cairn.Engine.Torch;

/// <summary>Turns what libtorch reports of itself into the few values that are compared on resume.</summary>
internal static class TorchFingerprint
{
    private const string Capability = "CPU capability usage:";
    private const string Version = "TORCH_VERSION=";

    internal static IReadOnlyDictionary<string, string> Compose(
        string torchSharp, string configuration, string device, string mkl, string mklMode, int threads) =>
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["torchsharp"] = torchSharp,
            ["libtorch"] = LibtorchVersion(configuration),
            ["config"] = Digest(configuration),
            ["device"] = device,
            ["instruction-set"] = InstructionSet(configuration),
            ["mkl"] = Mkl(mkl),
            ["mkl-cbwr"] = mklMode,
            ["threads"] = threads.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>The vector instructions that libtorch chose on this CPU: DEFAULT, AVX2, AVX512, …</summary>
    internal static string InstructionSet(string configuration)
    {
        var line = configuration.Split('\n').Select(l => l.Trim(' ', '-', '\r'))
            .FirstOrDefault(l => l.StartsWith(Capability, StringComparison.Ordinal));
        return line is null ? "unknown" : line[Capability.Length..].Trim();
    }

    /// <summary>The version by the library itself, which need not be the package's.</summary>
    internal static string LibtorchVersion(string configuration)
    {
        var at = configuration.IndexOf(Version, StringComparison.Ordinal);
        return at < 0 ? "unknown" : configuration[(at + Version.Length)..].Split(',', ' ', '\n')[0];
    }

    // "Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605 for …": the version and the build are enough.
    private static string Mkl(string version)
    {
        var words = version.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.IndexOf(words, "Version");
        return at < 0 ? version.Trim() : string.Join(' ', words[(at + 1)..].TakeWhile(word => word != "for"));
    }

    private static string Digest(string configuration) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(configuration)))[..16];
}
