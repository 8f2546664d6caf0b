using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Cli.Tests.Run;

/// <summary>The learned model as TorchScript, ONNX and a Python class: docs/bring-your-model.md says how far they agree.</summary>
public sealed partial class LearnedModelThreeWaysTests : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public void As_onnx_it_differs_by_its_calendar_alone() => RequireClose("monthly-winds-onnx", 0.2);

    [SkippableFact]
    public void As_a_Python_class_it_differs_by_rounding_alone()
    {
        Skip.IfNot(
            File.Exists(Interpreter) && Directory.Exists("/usr/lib/python3/dist-packages/torch"), "python3-torch is missing");
        RequireClose("monthly-winds-python", 1e-4, "--set", $"model.python={Interpreter}");
    }

    /// <summary>Two years of a member by both, in m/s.</summary>
    private void RequireClose(string other, double most, params string[] more)
    {
        Run("monthly-winds");
        Run(other, more);

        var (code, output, error) = CommandLine.Invoke("diff", _line["monthly-winds/fields.zarr"], _line[$"{other}/fields.zarr"]);

        Assert.Equal((1, ""), (code, error));
        var differences = Largest().Matches(output).Select(m => double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, differences.Count);
        Assert.All(differences, difference => Assert.InRange(difference, double.Epsilon, most));
    }

    private void Run(string name, params string[] more)
    {
        var spec = Path.Combine(CommandLine.Root, "examples", $"{name}.conf");
        var (code, _, error) = CommandLine.Invoke(["run", spec, "--out", _line[name], "--plain", "--set", "ensemble.size=1", .. more]);
        Assert.True(code == 0, error);
    }

    [GeneratedRegex("^[uv]: .* by ([-+.0-9E]+) at most", RegexOptions.Multiline)]
    private static partial Regex Largest();
}
