using System.Diagnostics;

namespace Cairn.Storage.Tests;

/// <summary>Asks the libraries that will read Cairn's files, through the system's Python.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>
    /// Runs a script and returns what it printed. Skips the test when Python or one of <paramref name="modules"/> is missing; a
    /// script that fails fails the test with its error.
    /// </summary>
    public static string Run(string script, string[] modules, params string[] arguments) => Checked(["-c", script], modules, arguments);

    /// <summary>As <see cref="Run"/>, with a script that lies in a file.</summary>
    public static string RunFile(string path, string[] modules, params string[] arguments) => Checked([path], modules, arguments);

    private static string Checked(string[] script, string[] modules, string[] arguments)
    {
        Skip.IfNot(File.Exists(Interpreter), $"{Interpreter} is missing");
        var imports = string.Join(", ", modules);
        var (missing, _, _) = Start(["-c", $"import {imports}"], []);
        Skip.If(
            missing != 0,
            $"{Interpreter} lacks one of {imports}: apt-get install python3-numpy python3-xarray python3-zarr python3-netcdf4");
        var (exit, output, errors) = Start(script, arguments);
        Assert.True(exit == 0, errors + output);
        return output;
    }

    private static (int Exit, string Output, string Errors) Start(string[] script, string[] arguments)
    {
        var start = new ProcessStartInfo(Interpreter, [.. script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
