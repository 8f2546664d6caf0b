using Cairn.Engine.Extensions;

namespace Cairn.Engine.Tests.Extensions;

/// <summary>What <c>CAIRN_EXTENSIONS</c> may name, and what is said of all else.</summary>
public sealed class ExtensionLoaderTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" : ")]
    public void Nothing_named_is_nothing_loaded(string? list) => Assert.Empty(ExtensionLoader.Load(list));

    [Fact]
    public void A_relative_path_is_refused() =>
        Assert.Contains("expected the absolute path", Refusal("bin/Pasture.dll"), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("/nowhere/Pasture.dll, which cannot be loaded", Refusal("/nowhere/Pasture.dll"), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_no_assembly_is_refused()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "no assembly");
            Assert.Contains("cannot be loaded", Refusal(file), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void An_assembly_that_adds_nothing_is_refused_with_what_it_lacks() =>
        Assert.Contains("[assembly: CairnExtension(typeof(...))]", Refusal(typeof(ExtensionLoaderTests).Assembly.Location),
            StringComparison.Ordinal);

    private static string Refusal(string list) => Assert.Throws<SpecException>(() => ExtensionLoader.Load(list)).Message;
}
