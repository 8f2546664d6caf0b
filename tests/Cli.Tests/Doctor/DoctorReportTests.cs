using Cairn.Cli.Doctor;

namespace Cairn.Cli.Tests.Doctor;

public sealed class DoctorReportTests
{
    [Fact]
    public void A_machine_that_has_everything_is_well()
    {
        var report = Examine(new StandInMachine());

        Assert.Equal(0, report.ExitCode);
        Assert.Equal("4.9.0", Find(report, "NetCDF").Found);
    }

    [Fact]
    public void A_missing_libtorch_is_broken_with_what_to_do()
    {
        var report = Examine(new StandInMachine { Torch = TorchFacts.Missing("libtorch_cpu.so: cannot open shared object file") });

        Assert.Equal(1, report.ExitCode);
        Assert.Equal(Standing.Broken, Find(report, "libtorch").Standing);
        Assert.Contains("./cairn", Find(report, "libtorch").Cure, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Sections[0].Findings, f => f.Subject == "CUDA");
    }

    [Fact]
    public void A_missing_NetCDF_is_broken() => Assert.Equal(1, Examine(new StandInMachine { NetCdf = null }).ExitCode);

    [Fact]
    public void An_old_runtime_is_broken() => Assert.Equal(1, Examine(new StandInMachine { Runtime = new(9, 0, 4) }).ExitCode);

    [Fact]
    public void What_only_clusters_and_ONNX_files_need_is_a_limit()
    {
        var report = Examine(new StandInMachine
        {
            Commands = new Dictionary<string, string>(),
            Mpi = new("Only Open MPI was found (libmpi.so.40).", "", ""),
            Onnx = new("libonnxruntime.so: cannot open shared object file", "", []),
        });

        Assert.Equal(0, report.ExitCode);
        var mpi = Find(report, "MPI");
        Assert.Equal(Standing.Limited, mpi.Standing);
        Assert.StartsWith("Only Open MPI was found", mpi.Found, StringComparison.Ordinal);
        Assert.Contains("apt-get install -y --no-install-recommends mpich", mpi.Cure, StringComparison.Ordinal);
        Assert.Equal(Standing.Limited, Find(report, "ONNX").Standing);
        Assert.Contains("SQLite", Find(report, "PostgreSQL").Found, StringComparison.Ordinal);
    }

    [Fact]
    public void What_numbers_and_ranks_depend_on_is_named()
    {
        var report = Examine(new StandInMachine());

        Assert.Equal(
            "2.10.0 under TorchSharp 0.107.0, AVX2, 2 thread(s), of /packages/libtorch", Find(report, "libtorch").Found);
        Assert.Equal("2024.2, MKL_CBWR AVX2", Find(report, "MKL").Found);
        Assert.Equal("ONNX Runtime 1.31.1, CUDAExecutionProvider, CPUExecutionProvider", Find(report, "ONNX").Found);
        Assert.Equal("MPICH 4.0.2, started by /usr/bin/mpiexec.hydra", Find(report, "MPI").Found);
    }

    [Fact]
    public void Plain_text_lines_up_and_ends_with_the_verdict()
    {
        var text = new StringWriter();
        DoctorRendering.WritePlain(Examine(new StandInMachine { NetCdf = null }), text);

        var lines = text.ToString().TrimEnd().Split('\n');
        Assert.Contains(lines, l => l.StartsWith("  ok       .NET        10.0.1", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("  BROKEN   NetCDF      none of", StringComparison.Ordinal));
        Assert.Equal("Cairn cannot run correctly here: NetCDF.", lines[^1]);
        Assert.DoesNotContain('\u001b', text.ToString());
    }

    [Fact]
    public void The_command_prints_a_report_of_this_machine_and_answers_with_its_exit_code()
    {
        var output = new StringWriter();
        var exit = DoctorCommand.Build().Parse([]).Invoke(new() { Output = output });

        Assert.Contains("This machine", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(output.ToString().Contains("BROKEN", StringComparison.Ordinal) ? 1 : 0, exit);
    }

    private static Finding Find(DoctorReport report, string subject) =>
        report.Sections.SelectMany(s => s.Findings).Single(f => f.Subject == subject);

    private static DoctorReport Examine(IMachine machine) => new([new("This machine", MachineExamination.Run(machine))]);
}
