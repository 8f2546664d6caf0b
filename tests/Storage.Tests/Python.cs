using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace Cairn.Storage.Tests;

/// <summary>Asks the libraries that will read Cairn's files, through the system's Python.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>
    /// Imports what a script needs, once, and forks for each script: importing xarray takes longer than most scripts. One order a line
    /// comes in, one answer a line goes out.
    /// </summary>
    private const string Server = """
        import gc, importlib, json, os, sys, traceback
        def run(order):
            for number, path in ((1, order["output"]), (2, order["errors"])):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            sys.argv = order["words"]
            try:
                exec(compile(order["script"], sys.argv[0], "exec"), {"__name__": "__main__", "__file__": sys.argv[0]})
            except SystemExit as end:
                return end.code or 0
            except BaseException:
                traceback.print_exc()
                return 1
            return 0
        for line in sys.stdin:
            order, answer = json.loads(line), {"missing": "", "exit": 0}
            try:
                for name in order["modules"]:
                    importlib.import_module(name)
            except ImportError as error:
                answer["missing"] = str(error)
            if not answer["missing"]:
                child = os.fork()
                if child == 0:
                    code = run(order)
                    # A netCDF4 file that a script left open is part of a cycle, and is complete only once it has been freed.
                    gc.collect()
                    sys.stdout.flush()
                    sys.stderr.flush()
                    os._exit(code if isinstance(code, int) else 1)
                answer["exit"] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            print(json.dumps(answer), flush=True)
        """;

    /// <summary>As many as tests run side by side. They end with the test process, whose end closes their input.</summary>
    private static readonly ConcurrentBag<Process> Servers = [];

    /// <summary>
    /// Runs a script and returns what it printed. Skips the test when Python or one of <paramref name="modules"/> is missing; a
    /// script that fails fails the test with its error.
    /// </summary>
    public static string Run(string script, string[] modules, params string[] arguments) => Checked("-c", script, modules, arguments);

    /// <summary>As <see cref="Run"/>, with a script that lies in a file.</summary>
    public static string RunFile(string path, string[] modules, params string[] arguments) =>
        Checked(path, File.ReadAllText(path), modules, arguments);

    private static string Checked(string name, string script, string[] modules, string[] arguments)
    {
        Skip.IfNot(File.Exists(Interpreter), $"{Interpreter} is missing");
        var folder = Directory.CreateTempSubdirectory("cairn-python-").FullName;
        var server = Servers.TryTake(out var idle) ? idle : Start();
        try
        {
            var (output, errors) = (Path.Combine(folder, "output"), Path.Combine(folder, "errors"));
            server.StandardInput.WriteLine(
                JsonSerializer.Serialize(new { script, modules, output, errors, words = (string[])[name, .. arguments] }));
            server.StandardInput.Flush();
            var line = server.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The Python of the tests has ended.");
            using var answer = JsonDocument.Parse(line);
            var missing = answer.RootElement.GetProperty("missing").GetString();
            Skip.If(missing != "",
                $"{Interpreter}: {missing}: apt-get install python3-numpy python3-xarray python3-zarr python3-netcdf4");
            var printed = File.ReadAllText(output);
            Assert.True(answer.RootElement.GetProperty("exit").GetInt32() == 0, File.ReadAllText(errors) + printed);
            return printed;
        }
        finally
        {
            Servers.Add(server);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start() => Process.Start(new ProcessStartInfo(Interpreter, ["-c", Server])
    {
        RedirectStandardInput = true, RedirectStandardOutput = true,
    })!;
}
