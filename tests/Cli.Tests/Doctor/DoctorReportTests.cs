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
    public void A_missing_libtorch_is_broken_and_the_cure_is_a_command_to_copy()
    {
        var report = Examine(new StandInMachine { Torch = new("libtorch_cpu.so: cannot open shared object file", "", 0, "", "", 0) });

        Assert.Equal(1, report.ExitCode);
        Assert.Equal(Standing.Broken, Find(report, "libtorch").Standing);
        Assert.Contains("apt-get install -y --no-install-recommends libtorch-dev", Find(report, "libtorch").Cure, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Sections[0].Findings, f => f.Subject == "CUDA");
    }

    [Fact]
    public void A_missing_NetCDF_is_broken() => Assert.Equal(1, Examine(new StandInMachine { NetCdf = null }).ExitCode);

    [Fact]
    public void An_old_runtime_is_broken() => Assert.Equal(1, Examine(new StandInMachine { Runtime = new(9, 0, 4) }).ExitCode);

    [Fact]
    public void What_only_clusters_need_is_a_limit()
    {
        var report = Examine(new StandInMachine { Commands = new Dictionary<string, string>() });

        Assert.Equal(0, report.ExitCode);
        Assert.Equal(Standing.Limited, Find(report, "MPI").Standing);
        Assert.Contains("SQLite", Find(report, "PostgreSQL").Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_BLAS_is_a_limit_and_any_other_is_well()
    {
        var plain = new StandInMachine { Torch = new(null, "1.13.1", 0, "blas/libblas.so.3.11.0", "AVX2", 2) };

        Assert.Equal(Standing.Limited, Find(Examine(plain), "BLAS").Standing);
        Assert.Equal(Standing.Good, Find(Examine(new StandInMachine()), "BLAS").Standing);
    }

    [Fact]
    public void An_MPI_without_its_shim_is_a_limit()
    {
        var mpi = Find(Examine(new StandInMachine { Mpi = new("libcairn_mpi.so cannot be loaded", "") }), "MPI");

        Assert.Equal(Standing.Limited, mpi.Standing);
        Assert.Contains("libcairn_mpi.so", mpi.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_launcher_of_another_MPI_than_the_shims_is_a_limit()
    {
        var mpi = Find(Examine(new StandInMachine { Mpi = new(null, "MPICH Version:\t4.0.2\nMPICH Release date:\tApr 7 2022") }), "MPI");

        Assert.Equal(Standing.Limited, mpi.Standing);
        Assert.Contains("built with MPICH 4.0.2, but mpirun is another's: mpirun (Open MPI) 4.1.4", mpi.Found, StringComparison.Ordinal);
        Assert.Equal("Open MPI v4.1.4, started by mpirun (Open MPI) 4.1.4", Find(Examine(new StandInMachine()), "MPI").Found);
    }

    [Fact]
    public void Plain_text_lines_up_and_ends_with_the_verdict()
    {
        var text = new StringWriter();
        DoctorRendering.WritePlain(Examine(new StandInMachine { NetCdf = null }), text);

        var lines = text.ToString().TrimEnd().Split('\n');
        Assert.Contains(lines, l => l.StartsWith("  ok       .NET        10.0.1", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("  BROKEN   NetCDF      none of", StringComparison.Ordinal));
        Assert.Equal("Cairn cannot run here as it should: NetCDF.", lines[^1]);
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
