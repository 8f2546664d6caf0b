using System.Runtime.InteropServices;

namespace Cairn.Engine.Tests.Docs;

/// <summary>A complete program of docs/checkpoints.md, compiled by the SDK's own compiler beside this assembly and run as a
/// process.</summary>
internal sealed partial class PageProgram : IDisposable
{
    private static readonly string Here = AppContext.BaseDirectory;
    private static readonly string Runtime = RuntimeEnvironment.GetRuntimeDirectory();
    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(Runtime, "..", "..", ".."));
    private readonly string _assembly = Path.Combine(Here, $"page-{Guid.NewGuid():N}.dll");

    /// <summary>Compiles the program under a heading of the page.</summary>
    public PageProgram(string heading)
    {
        var source = Path.ChangeExtension(_assembly, ".cs");
        // What the project file's ImplicitUsings gives.
        string[] implied =
            ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks"];
        var usings = Path.ChangeExtension(_assembly, ".usings.cs");
        var text = Of(heading);
        File.WriteAllText(source, text);
        var said = Ends().Match(text) is { Success: true } comment ? comment.Groups[1].Value : "…";
        Ending = "^" + Regex.Escape(said).Replace("…", ".*", StringComparison.Ordinal) + "$";
        File.WriteAllLines(usings, implied.Select(name => $"global using {name};"));
        var references = Directory.GetFiles(Runtime, "*.dll").Where(IsManaged)
            .Concat(Directory.GetFiles(Here, "Cairn.*.dll").Where(f => !f.EndsWith("Tests.dll", StringComparison.Ordinal)))
            .Append(Path.Combine(Here, "TorchSharp.dll"));
        var compiler = Directory.GetFiles(Path.Combine(Dotnet, "sdk"), "csc.dll", SearchOption.AllDirectories).Order().Last();
        var (exit, output) = Start(
            [compiler, "-nologo", "-nullable:enable", $"-out:{_assembly}", .. references.Select(r => "-r:" + r), source, usings], Here);
        File.Delete(source);
        File.Delete(usings);
        Assert.True(exit == 0, output);
    }

    /// <summary>The last line that the program prints, as a comment beside its last call says.</summary>
    public string Ending { get; }

    /// <summary>The page.</summary>
    public static string Page => File.ReadAllText(Path.Combine(Root, "docs", "checkpoints.md"));

    private static string Root =>
        typeof(PageProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;

    /// <summary>Runs it in a folder. Returns its exit code, and all that it printed.</summary>
    public (int Exit, string Output) Run(string folder, params string[] arguments)
    {
        Directory.CreateDirectory(folder);
        var name = typeof(PageProgram).Assembly.GetName().Name;
        return Start(
            ["exec", "--depsfile", Path.Combine(Here, $"{name}.deps.json"),
                "--runtimeconfig", Path.Combine(Here, $"{name}.runtimeconfig.json"), _assembly, .. arguments], folder);
    }

    public void Dispose() => File.Delete(_assembly);

    private static string Of(string heading)
    {
        var page = Page;
        var at = page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        Assert.True(at > 0, $"no heading {heading}");
        return Program().Match(page, at).Groups[1].Value;
    }

    private static bool IsManaged(string path) => Path.GetFileName(path) is var name
        && (name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll" or "Microsoft.CSharp.dll")
        && !name.Contains("Native", StringComparison.Ordinal);

    private static (int Exit, string Output) Start(string[] arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(Dotnet, "dotnet"), arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    [GeneratedRegex("```csharp\n(using Cairn.*?)```", RegexOptions.Singleline)]
    private static partial Regex Program();

    [GeneratedRegex(@"^Console\.WriteLine\(.*\); +// (.*)$", RegexOptions.Multiline)]
    private static partial Regex Ends();
}
