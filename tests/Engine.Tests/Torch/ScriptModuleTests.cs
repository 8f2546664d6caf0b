using Cairn.Engine.Torch;

namespace Cairn.Engine.Tests.Torch;

public sealed class ScriptModuleTests
{
    private const string Source = """
        def step(self, x: Tensor) -> Tensor:
            return x * self.factor + self.shift(x)

        def shift(self, x: Tensor) -> Tensor:
            return torch.ones_like(x)

        def fail(self, x: Tensor) -> Tensor:
            return x + torch.ones([7, 7])

        def both(self, x: Tensor, y: Tensor) -> Tensor:
            return torch.cat([x, y])

        def number(self, x: Tensor) -> int:
            return 3
        """;

    [Fact]
    public void Source_text_is_called_with_its_buffers()
    {
        using var module = Compile();
        using var x = Tensor.From<float>([1, 2], 2);
        using var y = module.Call("step", x);
        using var joined = module.Call("both", x, y);

        Assert.Equal([11f, 21f], y.ToArray<float>());
        Assert.Equal([1f, 2f, 11f, 21f], joined.ToArray<float>());
        Assert.True(module.HasMethod("step"));
        Assert.False(module.HasMethod("init"));
        Assert.Contains("Tensor x", module.Signature("step"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_module_gives_the_same_bits_when_loaded()
    {
        var path = Path.Combine(Path.GetTempPath(), $"cairn-{Guid.NewGuid():N}.pt");
        try
        {
            using var module = Compile();
            module.Save(path);
            using var loaded = ScriptModule.Load(path);
            using var x = Tensor.From<float>([1.1f, -2.7f], 2);
            using var expected = module.Call("step", x);
            using var found = loaded.Call("step", x);

            Assert.True(found.HasBitsOf(expected));
            Assert.Equal(path, loaded.Name);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_error_in_a_method_tells_the_error_first_and_the_line_of_the_script()
    {
        using var module = Compile();
        using var x = Tensor.From<float>([1, 2], 2);

        var error = Assert.Throws<TorchException>(() => module.Call("fail", x));

        Assert.Equal(TorchFault.Script, error.Fault);
        Assert.StartsWith(
            "RuntimeError: The size of tensor a (2) must match the size of tensor b (7)", error.Message, StringComparison.Ordinal);
        Assert.Contains("torch.ones([7, 7])", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_is_no_tensor_is_refused()
    {
        using var module = Compile();
        using var x = Tensor.From<float>([1], 1);

        var error = Assert.Throws<TorchException>(() => module.Call("number", x));

        Assert.Contains("'number' returned Int", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_method_names_the_methods_that_are_there()
    {
        using var module = Compile();
        using var x = Tensor.From<float>([1], 1);

        var error = Assert.Throws<SpecException>(() => module.Call("steps", x));

        Assert.Contains("'test' has no method 'steps'; found both, fail, number, shift, step", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_does_not_compile_is_a_mistake_of_the_spec()
    {
        const string Text = "def step(self, x: Tensor) -> Tensor:\n    return torch.nope(x)\n";

        var error = Assert.Throws<SpecException>(() => ScriptModule.FromSource(Text));

        Assert.Contains("nope", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_archive_is_bad_data()
    {
        var path = Path.Combine(Path.GetTempPath(), $"cairn-{Guid.NewGuid():N}.pt");
        try
        {
            File.WriteAllText(path, "PK\u0003\u0004 and then nothing");
            Assert.Contains(path, Assert.Throws<DataException>(() => ScriptModule.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Throws<DataException>(() => ScriptModule.Load(path));
    }

    private static ScriptModule Compile()
    {
        using var factor = Tensor.Full(10, TorchDType.Float32, []);
        return ScriptModule.FromSource(Source, new Dictionary<string, Tensor> { ["factor"] = factor }, "test");
    }
}
