using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Cairn.Cli.Tests.Packages;

/// <summary>The packages, made of what is built, as those who take them have them: restored, installed, and run.</summary>
[Trait("Category", "Slow")]
public sealed class PackageTests : IDisposable
{
    private static readonly string Root = Metadata("CairnRoot");

    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-packages-").FullName;

    private string Packed => Path.Combine(_folder, "packed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_library_s_example_runs_from_its_package_and_begins_again_where_it_committed()
    {
        Pack("Storage");
        var program = Program("Storage", ["Cairn.Storage"]);

        Assert.Contains("begins at 0", Dotnet(_folder, [program, Path.Combine(_folder, "catalog")]), StringComparison.Ordinal);
        Assert.Contains("begins at 4", Dotnet(_folder, [program, Path.Combine(_folder, "catalog")]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_runtime_s_example_runs_a_spec_from_its_packages()
    {
        Pack("Storage", "Hocon", "Engine", "Actors");
        var program = Program("Actors", ["Cairn.Actors", "libtorch-cpu-linux-x64"]);
        var spec = Path.Combine(_folder, "run.conf");
        File.WriteAllText(spec, $$"""
            name = packed
            model { kind = lorenz96, step = 6h, size = 40 }
            initial { source = model, case = nudged }
            lead-times { every = 6h, count = 4 }
            ensemble { size = 2, seed = 1, perturbation { kind = gaussian, amplitude = 0.1 } }
            checkpoint { path = "{{_folder}}/run/checkpoints" }
            output { path = "{{_folder}}/run/fields.zarr" }
            """);

        Assert.Contains("Completed after", Dotnet(_folder, [program, spec]), StringComparison.Ordinal);
    }

    [Fact]
    public void The_tool_is_installed_and_runs_and_holds_nothing_of_other_systems()
    {
        Pack("Cli");
        var tool = Path.Combine(_folder, "tool");
        Dotnet(_folder, ["tool", "install", "Cairn", "--tool-path", tool, "--add-source", Packed]);

        Assert.Matches(@"^\d+\.\d+\.\d+", Run(_folder, Path.Combine(tool, "cairn"), ["--version"]));
        var doctor = Run(_folder, Path.Combine(tool, "cairn"), ["check", Path.Combine(Root, "examples", "january-winds.conf")]);
        Assert.Contains("model.kind", doctor, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(tool, "*", SearchOption.AllDirectories),
            file => file.Contains("/runtimes/", StringComparison.Ordinal) && !Regex.IsMatch(file, "/runtimes/(unix|linux|linux-x64)/"));
    }

    /// <summary>A program that is the example in a package's README.md.</summary>
    private string Program(string project, IReadOnlyList<string> packages)
    {
        var folder = Path.Combine(_folder, "program");
        Directory.CreateDirectory(folder);
        var readme = File.ReadAllText(Path.Combine(Root, "src", project, "README.md"));
        var code = Regex.Match(readme, "```csharp\n(.*?)```", RegexOptions.Singleline);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), code.Groups[1].Value);
        File.WriteAllText(Path.Combine(folder, "program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(packages.Select(name => $"<PackageReference Include=\"{name}\" Version=\"{Version(name)}\" />"))}
              </ItemGroup>
            </Project>
            """);
        // What others packed under this version before is not to be taken, and what is at hand is not to be fetched again.
        var known = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_folder}/packages" /></config>
              <fallbackPackageFolders><add key="known" value="{known}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="{Packed}" /></packageSources>
            </configuration>
            """);
        Dotnet(folder, ["build", "-c", "Release", "-o", Path.Combine(folder, "out"), "--nologo", "-v", "q", "-nodeReuse:false"]);
        return Path.Combine(folder, "out", "program.dll");
    }

    private static string Version(string package) => package.StartsWith("Cairn", StringComparison.Ordinal)
        ? typeof(CairnCommand).Assembly.GetName().Version!.ToString(3)
        : Regex.Match(File.ReadAllText(Path.Combine(Root, "Directory.Packages.props")), $"\"{package}\" Version=\"([^\"]+)\"")
            .Groups[1].Value;

    private void Pack(params string[] projects)
    {
        foreach (var project in projects)
        {
            Dotnet(Root, ["pack", Path.Combine("src", project), "-c", "Release", "--no-build", "-o", Packed, "--nologo", "-v", "q",
                "-nodeReuse:false"]);
        }
    }

    private static string Dotnet(string folder, IReadOnlyList<string> arguments) =>
        Run(folder, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments);

    private static string Run(string folder, string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // What a test run tells its own builds is not for these.
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}\n{output}\n{errors.Result}");
        return output;
    }

    private static string Metadata(string key) => typeof(PackageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == key).Value!;
}
