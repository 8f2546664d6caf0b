using Cairn.Engine.Extensions;

namespace Cairn.Cli.Doctor;

/// <summary>What the examination asks of the machine, so that a test can stand in for one that lacks things.</summary>
public interface IMachine
{
    /// <summary>Version of the .NET runtime.</summary>
    Version Runtime { get; }

    /// <summary>The first line that a command prints; null when the command is not there or fails.</summary>
    string? FirstLineOf(string command, params string[] arguments);

    /// <summary>The text that an argumentless function of the first of these libraries that loads returns; null when none does.</summary>
    string? TextFrom(string function, params string[] libraries);

    /// <summary>MPI and the command that starts its ranks, or why they cannot be used.</summary>
    MpiFacts Mpi { get; }

    /// <summary>libtorch as Cairn loads it, or why it cannot be used.</summary>
    TorchFacts Torch { get; }

    /// <summary>The extensions of this process.</summary>
    IReadOnlyList<Extension> Extensions { get; }

    /// <summary>ONNX Runtime, or why it cannot be used.</summary>
    OnnxFacts Onnx { get; }
}

/// <summary>What ONNX Runtime tells of itself.</summary>
/// <param name="Unusable">Why it cannot be used; null when it can, and only then do the others hold.</param>
/// <param name="Version">Version of the library.</param>
/// <param name="Providers">What it can step on.</param>
public sealed record OnnxFacts(string? Unusable, string Version, IReadOnlyList<string> Providers);

/// <summary>What MPI tells of itself.</summary>
/// <param name="Unusable">Why it cannot be used; null when it can, and only then do the others hold.</param>
/// <param name="Version">Name and version of the library.</param>
/// <param name="Launcher">The command that starts ranks.</param>
public sealed record MpiFacts(string? Unusable, string Version, string Launcher);

/// <summary>What libtorch tells of itself.</summary>
/// <param name="Unusable">Why it cannot be used; null when it can, and only then do the others hold.</param>
/// <param name="Version">Version of libtorch.</param>
/// <param name="TorchSharp">Version of TorchSharp.</param>
/// <param name="Folder">Where libtorch lies.</param>
/// <param name="CudaDevices">Number of CUDA devices that can be used.</param>
/// <param name="Mkl">Version and mode of the mathematical library behind its linear algebra.</param>
/// <param name="InstructionSet">Vector instructions in use.</param>
/// <param name="Threads">Threads that one operation uses unless a spec says otherwise.</param>
public sealed record TorchFacts(
    string? Unusable, string Version, string TorchSharp, string Folder, int CudaDevices, string Mkl, string InstructionSet, int Threads)
{
    /// <summary>A libtorch that cannot be used.</summary>
    public static TorchFacts Missing(string reason) => new(reason, "", "", "", 0, "", "", 0);
}
