namespace Cairn.Engine.Tests.Runs;

/// <summary>What a spec says of a Python class.</summary>
public sealed class PythonSpecTests : IDisposable
{
    private readonly SpecFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.kind = python", "model.class")]
    [InlineData("model { kind = python, class = MyModel }", "model.class")]
    [InlineData("model { kind = python, class = \"m:C\", python = \"\" }", "model.python")]
    [InlineData("model { kind = python, class = \"m:C\", python-path = nowhere }", "model.python-path")]
    [InlineData("model { kind = python, class = \"m:C\", python-path { a = b } }", "model.python-path")]
    [InlineData("model { kind = python, class = \"m:C\", arguments = [1] }", "model.arguments")]
    [InlineData("model { kind = python, class = \"m:C\", memory = 12 }", "model.memory")]
    [InlineData("model { kind = python, class = \"m:C\", variables = [w] }", "model.variables")]
    public void A_setting_that_will_not_do_is_told_by_its_key(string line, string key) =>
        Assert.Equal([key], _folder.Mistakes(SpecFolder.Whole + line).Select(m => m.Key).Distinct());

    [Fact]
    public void The_module_is_looked_for_beside_the_spec_unless_folders_are_named()
    {
        _folder.Write("modules/m.py", "");
        var beside = _folder.Read(SpecFolder.Whole + "model { kind = python, class = \"m:C\" }").Model.Of<PythonSpec>()!;
        var named = _folder.Read(SpecFolder.Whole + "model { kind = python, class = \"m:C\", python-path = [modules, .], python = bin/py }")
            .Model.Of<PythonSpec>()!;

        Assert.Equal([_folder.Path("run.conf")[..^9]], beside.Folders);
        Assert.Equal("python3", beside.Interpreter);
        Assert.Equal([_folder.Path("modules"), _folder.Path("run.conf")[..^9]], named.Folders);
        Assert.Equal(_folder.Path("bin/py"), named.Interpreter);
    }

    [Fact]
    public void Arguments_keep_their_types()
    {
        const string arguments = "{ a = 1, b = 1.0, c = yes, d = true, e = null, f = [1, { g = \"1\" }] }";
        var line = $"model {{ kind = python, class = \"m:C\", arguments {arguments} }}";
        var python = _folder.Read(SpecFolder.Whole + line).Model.Of<PythonSpec>()!;

        Assert.Equal("{\"a\":1,\"b\":1.0,\"c\":\"yes\",\"d\":true,\"e\":null,\"f\":[1,{\"g\":\"1\"}]}", python.Arguments);
    }

    [Theory]
    [InlineData("", "python3")]
    [InlineData("python = /usr/bin/python3,", "/usr/bin/python3")]
    public void A_spec_that_was_sent_may_name_a_class_only_where_its_interpreter_is_allowed(string setting, string interpreter)
    {
        _folder.Write("root/in.nc", "stands for a NetCDF file");
        var root = _folder.Path("root");
        var text = SpecFolder.Whole.Replace("= out/", $"= {root}/out/", StringComparison.Ordinal)
            .Replace("path = in.nc", $"path = {root}/in.nc", StringComparison.Ordinal)
            + $"model {{ kind = python, class = \"m:C\", {setting} python-path = {root} }}";
        RunSpec Read(params string[] allowed) => SubmittedSpec.Read(text, SpecFormat.Hocon, new SubmissionRules([root], allowed));
        var mistake = Assert.Single(Assert.Throws<RunSpecException>(() => Read("{mpiexec} {rank}")).Mistakes);

        Assert.Equal("model.python", mistake.Key);
        Assert.Contains("would run code of the sender", mistake.Found, StringComparison.Ordinal);
        Assert.Equal(interpreter, Read(interpreter).Model.Of<PythonSpec>()!.Interpreter);
        Assert.Equal([root], Read(interpreter).Model.Of<PythonSpec>()!.Folders);
    }
}
