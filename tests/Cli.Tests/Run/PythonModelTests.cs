using System.Security.Cryptography;

namespace Cairn.Cli.Tests.Run;

/// <summary>What the command line makes of a Python class that does not do as it should.</summary>
public sealed class PythonModelTests : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private readonly CommandLine _line = new();

    public PythonModelTests() => Skip.IfNot(
        File.Exists(Interpreter) && Directory.Exists("/usr/lib/python3/dist-packages/numpy"), "python3-numpy is missing");

    public void Dispose() => _line.Dispose();

    [SkippableTheory]
    [InlineData("return state[:1]", "step returned float32[1, 73, 144]; expected float32[2, 73, 144]")]
    [InlineData("raise ValueError('too warm')", "trial:Trial.step raised ValueError: too warm")]
    [InlineData("return np.log(-state * state - 1)", "is NaN or infinite somewhere")]
    public void A_class_that_will_not_do_is_refused_with_2_before_anything_is_written(string step, string expected)
    {
        var (code, _, error) = CommandLine.Invoke("run", Spec(step), "--plain");

        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line["out"]));
        Assert.False(Directory.Exists(_line["__pycache__"]));
    }

    [SkippableFact]
    public void A_step_that_raises_is_tried_again_and_fails_its_batch_with_the_traceback()
    {
        var spec = Spec(
            """
            if self.member == 1 and self.lead_time >= 6 * 3600:
                        raise ValueError("too warm")
                    return state * self.dtype.type(1.5)
            """, "supervision { max-restarts = 1, first-pause = 1ms }");
        var (code, output, error) = CommandLine.Invoke("run", spec, "--plain");
        var all = output + error;

        Assert.Equal(1, code);
        Assert.Contains("starts again", all, StringComparison.Ordinal);
        Assert.Contains("trial:Trial.step raised ValueError: too warm", all, StringComparison.Ordinal);
        Assert.Contains("trial.py\", line 8, in step", all, StringComparison.Ordinal);
        Assert.DoesNotContain("cairn/stepper.py", all, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("time.sleep(1000)", "supervision.boundary-deadline")]
    [InlineData("os.kill(os.getpid(), signal.SIGKILL)", "was ended by signal 9 (SIGKILL)")]
    [InlineData("sys.exit()", "called sys.exit(None)")]
    [InlineData("self.eaten = np.ones(1 << 30)", "MemoryError")]
    public void A_fault_in_mid_run_is_mended_and_the_fields_are_those_of_an_undisturbed_run(string fault, string told)
    {
        const string step = """
            if self.lead_time == 12 * 3600 and self.member == 1 and os.path.exists("MARK"):
                        os.remove("MARK")
                        FAULT
                    return state * self.dtype.type(0.75) + self.dtype.type(self.rng.random())
            """;
        string Faulty(string mark) => step.Replace("MARK", _line[mark], StringComparison.Ordinal)
            .Replace("FAULT", fault, StringComparison.Ordinal);
        const string more = "supervision { first-pause = 1ms, boundary-deadline = 15s }\nensemble.batch-size = 2\nmodel.memory = 1GiB";
        var calm = CommandLine.Invoke("run", Spec(Faulty("mark"), more), "--plain", "--out", _line["calm"]);
        File.WriteAllText(_line["mark"], "");
        var (code, output, error) = CommandLine.Invoke("run", Spec(Faulty("mark"), more), "--plain", "--out", _line["faulty"]);

        Assert.True(calm.Code == 0, calm.Error + calm.Output);
        Assert.True(code == 0, error + output);
        Assert.False(File.Exists(_line["mark"]));
        Assert.Contains(told, output + error, StringComparison.Ordinal);
        Assert.Contains("restarts from lead time 12 h", output, StringComparison.Ordinal);
        var chunks = Chunks("calm");
        Assert.NotEmpty(chunks);
        Assert.Equal(chunks, Chunks("faulty"));
    }

    private List<string> Chunks(string folder) =>
    [
        .. new[] { "u", "v" }.SelectMany(variable => Directory.EnumerateFiles(Path.Combine(_line[folder], "fields.zarr", variable)))
            .Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];

    private string Spec(string step, string more = "")
    {
        File.WriteAllText(_line["trial.py"], $"""
            import os, signal, sys, time
            import cairn
            import numpy as np

            class Trial(cairn.Model):
                def step(self, state):
                    {step}
            """);
        return _line.Spec($"model {{ kind = python, class = \"trial:Trial\", python = {Interpreter} }}\n{more}");
    }
}
