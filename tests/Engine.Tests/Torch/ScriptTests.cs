namespace Cairn.Engine.Tests.Torch;

public sealed class ScriptTests
{
    private const string Source = """
        def shift(x: Tensor) -> Tensor:
            return torch.ones_like(x)

        def step(x: Tensor) -> Tensor:
            return x * 10 + shift(x)

        def fail(x: Tensor) -> Tensor:
            return x + torch.ones([7, 7])

        def both(x: Tensor, y: Tensor) -> Tensor:
            return torch.cat([x, y])

        def number(x: Tensor) -> int:
            return 3
        """;

    [Fact]
    public void Functions_of_source_text_call_each_other()
    {
        using var script = Script.FromSource(Source, "test");
        using var x = Tensors.From<float>([1, 2], 2);
        using var y = script.Call("step", x);
        using var joined = script.Call("both", x, y);

        Assert.Equal([11f, 21f], y.ToArray<float>());
        Assert.Equal([1f, 2f, 11f, 21f], joined.ToArray<float>());
        Assert.True(script.HasMethod("step"));
        Assert.False(script.HasMethod("init"));
        Assert.Equal("both(Tensor x, Tensor y) -> Tensor", script.Signature("both"));
    }

    [Fact]
    public void An_archive_is_called_and_asked_as_text_is()
    {
        using var archive = new ScriptArchive(
            "def step(self, x: Tensor) -> Tensor:\n    return torch.mul(x, self.factor)",
            ("factor", Tensors.From<float>([10], 1)));
        using var script = Script.Load(archive.Path);
        using var x = Tensors.From<float>([1, 2], 2);
        using var y = script.Call("step", x);

        Assert.Equal([10f, 20f], y.ToArray<float>());
        Assert.Equal(archive.Path, script.Name);
        Assert.Equal(["step"], script.Methods);
        Assert.Matches(@"^step\(\S+ self, Tensor x\) -> Tensor$", script.Signature("step"));
        var missing = Assert.Throws<SpecException>(() => script.Signature("init"));
        Assert.Contains("has no method 'init'; found step", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_a_method_tells_the_error_first_and_the_line_of_the_script()
    {
        using var script = Script.FromSource(Source);
        using var x = Tensors.From<float>([1, 2], 2);

        var error = Assert.Throws<TorchException>(() => script.Call("fail", x));

        Assert.StartsWith(
            "RuntimeError: The size of tensor a (2) must match the size of tensor b (7)", error.Message, StringComparison.Ordinal);
        Assert.Contains("torch.ones([7, 7])", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_is_no_tensor_is_refused()
    {
        using var script = Script.FromSource(Source);
        using var x = Tensors.From<float>([1], 1);

        var error = Assert.Throws<TorchException>(() => script.Call("number", x));

        Assert.Contains("'number' returned Scalar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_method_names_the_methods_that_are_there()
    {
        using var script = Script.FromSource(Source, "test");
        using var x = Tensors.From<float>([1], 1);

        var error = Assert.Throws<SpecException>(() => script.Call("steps", x));

        Assert.Contains("'test' has no method 'steps'; found both, fail, number, shift, step", error.Message, StringComparison.Ordinal);
    }

    /// <summary>libtorch's compiler throws what nobody catches: each of these ended the process once.</summary>
    [Theory]
    [InlineData("def step(x: Tensor) -> Tensor:\n    return torch.nope(x)\n", "nope")]
    [InlineData("def step(x: Tensor) -> Tensor:\n    return x +* 2\n", "x +* 2")]
    [InlineData("def step(x: Tensor) -> Tensor:\n    return 1\n", "annotated as having type Tensor")]
    [InlineData("step = 3\n", "defines no function")]
    [InlineData("def step(self, x: Tensor) -> Tensor:\n    return x\n", "function 'step' takes self")]
    public void Text_that_does_not_compile_is_a_mistake_of_the_spec(string text, string expected)
    {
        var error = Assert.Throws<SpecException>(() => Script.FromSource(text));

        Assert.StartsWith("The TorchScript source of 'Model' ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_archive_is_bad_data()
    {
        var path = Path.Combine(Path.GetTempPath(), $"cairn-{Guid.NewGuid():N}.pt");
        try
        {
            File.WriteAllText(path, "PK\u0003\u0004 and then nothing");
            Assert.Contains(path, Assert.Throws<DataException>(() => Script.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Throws<DataException>(() => Script.Load(path));
    }

    [Fact]
    public void An_archive_whose_code_does_not_compile_is_bad_data_too()
    {
        using var archive = new ScriptArchive("def step(self, x: Tensor) -> Tensor:\n    return torch.no_such_operator(x)");

        var error = Assert.Throws<DataException>(() => Script.Load(archive.Path));

        Assert.Contains("no_such_operator", error.Message, StringComparison.Ordinal);
    }
}
