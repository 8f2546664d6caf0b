using System.Reflection;
using Spectre.Console;

namespace Cairn.Cli.Tests;

/// <summary>Runs <c>cairn</c> in this process, in a scratch folder with specs that a test writes.</summary>
internal sealed class CommandLine : IDisposable
{
    public static readonly string Root = typeof(CommandLine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "CairnRoot").Value!;

    public static readonly string Fixtures = Path.Combine(Root, "tests", "Storage.Tests", "fixtures", "earth2studio");

    public string Folder { get; } = Directory.CreateTempSubdirectory("cairn-cli-").FullName;

    public string this[string relative] => Path.Combine(Folder, relative);

    /// <summary>A small run of persistence on the real winds, into <c>out/</c>; later lines override earlier ones.</summary>
    public string Spec(string more = "")
    {
        var path = this["run.conf"];
        File.WriteAllText(path, $$"""
            name = trial
            model { kind = persistence, step = 6h }
            initial { source = netcdf, path = "{{Path.Combine(Root, "data", "navy-winds-1982-1992.nc")}}", time = "1990-01-16" }
            initial.variables { u = u10m, v = v10m }
            lead-times { every = 6h, count = 3 }
            ensemble { size = 2, batch-size = 1 }
            checkpoint { path = "{{this["out/checkpoints"]}}", durability = none }
            output { kind = zarr, path = "{{this["out/fields.zarr"]}}", box { latitude = [0, 10], longitude = [-10, 10] } }
            node.slots = 1
            {{more}}
            """);
        return path;
    }

    public static (int Code, string Output, string Error) Invoke(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        var code = CommandRunner.Invoke(CairnCommand.Build(console), arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
