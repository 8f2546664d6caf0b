using Cairn.Engine.Extensions;

namespace Cairn.Cli.Doctor;

/// <summary>The machine as the checks see it; tests replace it.</summary>
public interface IMachine
{
    /// <summary>The version of the .NET runtime.</summary>
    Version Runtime { get; }

    /// <summary>The first line that a command prints; null if it is missing or fails.</summary>
    string? FirstLineOf(string command, params string[] arguments);

    /// <summary>
    /// The text that a function without arguments returns, from the first of these libraries that loads; null if none does.
    /// </summary>
    string? TextFrom(string function, params string[] libraries);

    MpiFacts Mpi { get; }

    TorchFacts Torch { get; }

    IReadOnlyList<Extension> Extensions { get; }

    OnnxFacts Onnx { get; }
}

/// <summary>ONNX Runtime on this machine.</summary>
/// <param name="Unusable">Why it cannot be used; null if it can. The other values are valid only then.</param>
/// <param name="Version">Its version.</param>
/// <param name="Providers">Its execution providers.</param>
public sealed record OnnxFacts(string? Unusable, string Version, IReadOnlyList<string> Providers);

/// <summary>MPI on this machine.</summary>
/// <param name="Unusable">Why it cannot be used; null if it can. The other values are valid only then.</param>
/// <param name="Version">Its name and version.</param>
/// <param name="Launcher">The command that starts ranks.</param>
public sealed record MpiFacts(string? Unusable, string Version, string Launcher);

/// <summary>libtorch on this machine.</summary>
/// <param name="Unusable">Why it cannot be used; null if it can. The other values are valid only then.</param>
/// <param name="Version">Its version.</param>
/// <param name="TorchSharp">The version of TorchSharp.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="CudaDevices">The number of usable CUDA devices.</param>
/// <param name="Mkl">Version and mode of the linear algebra library (MKL).</param>
/// <param name="InstructionSet">The vector instructions in use.</param>
/// <param name="Threads">Threads of one operation unless a spec says otherwise.</param>
public sealed record TorchFacts(
    string? Unusable, string Version, string TorchSharp, string Folder, int CudaDevices, string Mkl, string InstructionSet, int Threads)
{
    public static TorchFacts Missing(string reason) => new(reason, "", "", "", 0, "", "", 0);
}
