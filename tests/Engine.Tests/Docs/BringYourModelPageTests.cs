using System.Diagnostics;
using System.Reflection;
using Cairn.Engine.Models;
using Cairn.Engine.Models.Onnx;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Tests.Docs;

/// <summary>What docs/bring-your-model.md shows of ONNX files is what the example has, and what its script writes.</summary>
public sealed class BringYourModelPageTests : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private static readonly string Root = typeof(BringYourModelPageTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;

    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_model_of_the_page_is_that_of_the_example()
    {
        var page = Block(File.ReadAllLines(Path.Combine(Root, "docs", "bring-your-model.md")), "    model {", "kind = onnx");
        var example = Block(File.ReadAllLines(Path.Combine(Root, "examples", "my-onnx.conf")), "model {", "kind = onnx");

        Assert.InRange(page.Count, 1, 10);
        Assert.Equal(example, page);
    }

    [SkippableFact]
    public void The_script_of_the_page_writes_the_file_that_is_shipped()
    {
        var path = Path.Combine(_folder, "my-model.onnx");
        var (exit, output) = Python(Path.Combine(Root, "examples", "export_onnx.py"), path);
        Skip.If(exit != 0 && output.Contains("No module named 'torch'", StringComparison.Ordinal), "python3-torch is not installed");
        Assert.True(exit == 0, output);
        using var shipped = Open(Path.Combine(Root, "models", "drift.onnx"));
        using var written = Open(path);
        using var state = ScriptTrial.MadeUp([1, 2, 7, 12], ScalarType.Float32, CPU);
        using var expected = shipped.Step(state);
        using var found = written.Step(state);

        Assert.True(found.MaxDifference(expected) < 1e-6);
        Assert.True(found.MaxDifference(state) > 1e-3);
    }

    private static OnnxModel Open(string path) => OnnxModel.Open(new OnnxModelOptions
    {
        Path = path,
        Mapping = OnnxMapping.Same(["u", "v"]),
        Grid = new LatLonGrid([90, 60, 30, 0, -30, -60, -90], [.. Enumerable.Range(0, 12).Select(i => 30.0 * i)]),
        Step = TimeSpan.FromHours(1),
    });

    /// <summary>The lines of an object up to its closing brace, without their indentation.</summary>
    private static List<string> Block(string[] lines, string first, string second)
    {
        var at = Enumerable.Range(0, lines.Length - 1).First(i => lines[i] == first && lines[i + 1].Trim() == second);
        var end = Array.FindIndex(lines, at, line => line.Trim() == "}");
        return [.. lines[at..(end + 1)].Select(line => line.Trim())];
    }

    private static (int Exit, string Output) Python(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Interpreter, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
