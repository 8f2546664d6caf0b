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

    /// <summary>MPI as Cairn's shim loads it, or why it cannot be used.</summary>
    MpiFacts Mpi { get; }

    /// <summary>libtorch as Cairn loads it, or why it cannot be used.</summary>
    TorchFacts Torch { get; }
}

/// <summary>What MPI tells of itself.</summary>
/// <param name="Unusable">Why it cannot be used; null when it can, and only then does the other hold.</param>
/// <param name="Version">Name and version of the library that the shim was built with.</param>
public sealed record MpiFacts(string? Unusable, string Version);

/// <summary>What libtorch tells of itself.</summary>
/// <param name="Unusable">Why it cannot be used; null when it can, and only then do the others hold.</param>
/// <param name="Version">Version of libtorch.</param>
/// <param name="CudaDevices">Number of CUDA devices that can be used.</param>
/// <param name="Blas">The BLAS library behind its linear algebra.</param>
/// <param name="InstructionSet">Vector instructions in use.</param>
/// <param name="Threads">Threads that one operation uses unless a spec says otherwise.</param>
public sealed record TorchFacts(string? Unusable, string Version, int CudaDevices, string Blas, string InstructionSet, int Threads);
