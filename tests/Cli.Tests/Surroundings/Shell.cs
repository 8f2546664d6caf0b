using System.Diagnostics;

namespace Cairn.Cli.Tests.Surroundings;

/// <summary>Has a shell do something around real <c>cairn</c> processes, in a folder; <c>$CAIRN</c> starts one.</summary>
internal sealed record Shell(int Exit, string Output, string Error)
{
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "cairn.dll");

    /// <summary>Runs a script of bash to its end. Ends it, with all that it began, after five minutes.</summary>
    /// <param name="folder">Its working directory.</param>
    /// <param name="script">What it does.</param>
    public static Shell Run(string folder, string script)
    {
        var start = new ProcessStartInfo("timeout", ["-k", "5", "300", "bash", "-c", script])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["CAIRN"] = $"dotnet {Program}";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Shell(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>Whether a script can be carried out here: not everybody may have namespaces, or take another user's part.</summary>
    public static bool Can(string script) => Run("/", script).Exit == 0;

    public override string ToString() => $"exit code {Exit}\n{Output}\n{Error}";
}
