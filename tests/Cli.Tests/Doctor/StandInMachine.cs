using Cairn.Cli.Doctor;
using Cairn.Engine.Extensions;

namespace Cairn.Cli.Tests.Doctor;

/// <summary>A machine that has what a test gives it.</summary>
internal sealed class StandInMachine : IMachine
{
    public Version Runtime { get; init; } = new(10, 0, 1);

    public TorchFacts Torch { get; init; } = new(
        null, "2.10.0", "0.107.0", "/packages/libtorch", 0, "2024.2, MKL_CBWR AVX2", "AVX2", 2);

    public IReadOnlyList<Extension> Extensions { get; init; } = [];

    public OnnxFacts Onnx { get; init; } = new(null, "1.31.1", ["CUDAExecutionProvider", "CPUExecutionProvider"]);

    public IReadOnlyDictionary<string, string> Commands { get; init; } = new Dictionary<string, string>
    {
        ["psql"] = "psql (PostgreSQL) 15.14",
    };

    public string? NetCdf { get; init; } = "4.9.0 of Feb  3 2023 17:38:16 $";

    public MpiFacts Mpi { get; init; } = new(
        null, "MPICH Version:\t4.0.2\nMPICH Release date:\tApr 7 2022", "/usr/bin/mpiexec.hydra");

    public string? FirstLineOf(string command, params string[] arguments) => Commands.GetValueOrDefault(command);

    public string? TextFrom(string function, params string[] libraries) => NetCdf;
}
