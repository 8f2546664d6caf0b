using Cairn.Cli.Doctor;

namespace Cairn.Cli.Tests.Doctor;

/// <summary>A machine that has what a test gives it.</summary>
internal sealed class StandInMachine : IMachine
{
    public Version Runtime { get; init; } = new(10, 0, 1);

    public TorchFacts Torch { get; init; } = new(null, "1.13.1", 0, "openblas/libblas.so.3", "AVX2", 2);

    public IReadOnlyDictionary<string, string> Commands { get; init; } = new Dictionary<string, string>
    {
        ["mpirun"] = "mpirun (Open MPI) 4.1.4",
        ["psql"] = "psql (PostgreSQL) 15.14",
    };

    public string? NetCdf { get; init; } = "4.9.0 of Feb  3 2023 17:38:16 $";

    public MpiFacts Mpi { get; init; } = new(null, "Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4");

    public string? FirstLineOf(string command, params string[] arguments) => Commands.GetValueOrDefault(command);

    public string? TextFrom(string function, params string[] libraries) => NetCdf;
}
