namespace Cairn.Cli.Tests.Settings;

/// <summary><c>cairn reference</c>.</summary>
public sealed class ReferenceCommandTests
{
    [Fact]
    public void All_settings_are_listed_with_type_default_unit_and_what_they_are()
    {
        var rows = Printed().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Cells).ToList();

        Assert.Equal(["setting", "type", "default", "unit", "what it is"], rows[0]);
        Assert.Contains(rows, r => r is ["model.mean-height", "number", "10000", "m", _]);
        Assert.Contains(rows, r => r is ["checkpoint.durability", "word", "full", _]);
        Assert.Contains(rows, r => r is ["initial.source", "word", "required", _]);
        Assert.Contains(rows, r => r is ["model.outputs", "list of names or object", "model.variables, or the one output", _]);
        Assert.Contains(rows, r => r is ["seed.port", "whole number", "7070", _]);
        Assert.Equal(rows.Count, rows.DistinctBy(r => r[0]).Count());
    }

    [Fact]
    public void One_is_told_in_full()
    {
        var text = Printed("model.truncation");

        Assert.StartsWith("model.truncation\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  type        whole number\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  default     42\n", text, StringComparison.Ordinal);
        Assert.Contains("the triangular truncation, a whole number from 10 to 340\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  belongs to  model.kind = barotropic, spherical-shallow-water\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  on resume   shapes numbers: a started run refuses another value\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("checkpoint.flush-interval", "every run", "may have another value")]
    [InlineData("output.compression", "output.kind = zarr", "shapes the field store")]
    [InlineData("model.threads", "every run", "checkpoint.on-fingerprint-change")]
    [InlineData("ensemble.size", "every run", "may grow, not shrink")]
    [InlineData("model.mesh.path", "model.kind = mesh", "contents shape numbers")]
    [InlineData("node.slots", "every run, and cairn worker", "may have another value")]
    [InlineData("cluster.host", "cairn seed and cairn worker", "may have another value")]
    public void Who_has_it_and_what_another_value_means_for_a_begun_run_is_told(string key, string belongs, string resume)
    {
        var text = Printed(key);

        Assert.Contains($"  belongs to  {belongs}", text, StringComparison.Ordinal);
        Assert.Contains(resume, text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_key_means_for_each_kind_is_told_apart()
    {
        var text = Printed("model.outputs");

        Assert.Contains("  belongs to  model.kind = torchscript, python, earth2studio\n", text, StringComparison.Ordinal);
        Assert.Contains("  belongs to  model.kind = onnx\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lead-times", "lead-times.every", "lead-times.count")]
    [InlineData("output.box", "output.box.latitude", "output.box.longitude")]
    [InlineData("supervision.commit", "supervision.commit-deadline", "supervision.commit-retries")]
    public void What_several_begin_with_lists_them(string prefix, params string[] expected) =>
        Assert.Equal(expected, Printed(prefix).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => Cells(line)[0]));

    [Theory]
    [InlineData("checkpoint.flush_interval", "checkpoint.flush-interval")]
    [InlineData("chekpoint.flush", "checkpoint.flush-interval")]
    [InlineData("chekpoint", "checkpoint")]
    public void An_unknown_one_is_told_with_the_nearest(string key, string nearest)
    {
        var (code, output, error) = CommandLine.Invoke("reference", key);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"no setting {key}; the nearest is {nearest}.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_file_is_printed() => Assert.Equal(
        File.ReadAllText(Path.Combine(CommandLine.Root, "hocon", "reference.conf")), Printed("--hocon"));

    [Fact]
    public void Help_names_the_argument_and_not_all_that_completes_it()
    {
        Assert.Contains("\n  reference <KEY>  ", CommandLine.Invoke("--help").Output, StringComparison.Ordinal);
        Assert.Contains(
            "\n  [<KEY>]  A setting to describe in full", CommandLine.Invoke("reference", "--help").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reference checkpoint.fl", "checkpoint.flush-interval")]
    [InlineData("reference supervisi", "supervision")]
    [InlineData("check x.conf --set ensemble.si", "ensemble.size=")]
    public void What_may_come_next_is_suggested(string typed, string expected) =>
        Assert.Equal(expected, CommandLine.Invoke($"[suggest:{typed.Length}]", typed).Output.Split('\n')[0].Trim());

    private static string Printed(params string[] arguments)
    {
        var (code, output, error) = CommandLine.Invoke(["reference", .. arguments]);
        Assert.Equal((0, ""), (code, error));
        return output;
    }

    private static string[] Cells(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
