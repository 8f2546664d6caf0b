using System.Reflection;
using Cairn.Actors;
using Cairn.Engine.Runs;
using Cairn.Hocon;
using Cairn.Storage.Catalog;
using PublicApiGenerator;

namespace Cairn.Cli.Tests.Packages;

/// <summary>What the packages offer is what was approved: a change to it is seen, and stands in the changelog.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData(typeof(Checkpoint))]
    [InlineData(typeof(HoconReader))]
    [InlineData(typeof(RunSpec))]
    [InlineData(typeof(LocalRun))]
    public void What_a_package_offers_is_what_was_approved(Type inside)
    {
        var options = new ApiGeneratorOptions { IncludeAssemblyAttributes = false };
        var name = $"{inside.Assembly.GetName().Name}.txt";
        var made = Path.Combine(AppContext.BaseDirectory, name);
        var root = typeof(PublicApiTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot");
        var approved = Path.Combine(root.Value!, "tests", "Cli.Tests", "Packages", name);
        var text = inside.Assembly.GeneratePublicApi(options) + "\n";
        File.WriteAllText(made, text);

        Assert.True(File.Exists(approved) && File.ReadAllText(approved) == text,
            $"{approved} differs from {made}. If it should, copy the new one over it, and tell of the change in CHANGELOG.md.");
    }
}
