using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>
/// A PostgreSQL server of its own, on loopback, in a temporary folder. It ends with the test process, however that ends: a shell between
/// the two reads from a pipe that closes then.
/// </summary>
/// <param name="isDurable">Whether each commit is synced to the disk; what a killed process had committed stays in either case.</param>
/// <param name="parent">The folder that its own folder is made in; the temporary one by default.</param>
internal sealed partial class PostgresServer(bool isDurable = false, string? parent = null) : IAsyncDisposable
{
    private const string User = "cairn", Watch = """
        "$@" & server=$!
        echo "server $server" >&2
        while read -r _; do :; done
        kill -INT $server 2>/dev/null
        wait $server
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private Process? _shell;
    private readonly ConcurrentQueue<string> _lines = new();
    private int _pid;
    private TaskCompletionSource _ready = new();

    /// <summary>Why no server can be started here; null when one can.</summary>
    public static string? Missing =>
        Binaries() is null ? "PostgreSQL's server is not installed; ./cairn test installs it (Debian's package postgresql)." : null;

    public int Port { get; } = FreePort.Find();

    /// <summary>Where its files are.</summary>
    public string Folder { get; } = Path.Combine(parent ?? Path.GetTempPath(), $"cairn-postgres-{Guid.NewGuid():N}");

    /// <summary>How its only database is connected to.</summary>
    public string Connection => $"Host=127.0.0.1;Port={Port};Username={User};Database=postgres";

    /// <summary>The same by a socket of the file system, which no network has to do with.</summary>
    public string LocalConnection => $"Host={Folder};Port={Port};Username={User};Database=postgres";

    /// <summary>Makes a new database, and starts the server.</summary>
    public async Task CreateAsync()
    {
        await RunAsync(["install", "-d", "-m", "700", .. (IsRoot ? ["-o", "postgres"] : Array.Empty<string>()), Folder]);
        var initdb = $"{Binaries()}/initdb";
        await RunAsync(Unprivileged(initdb, "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        await StartAsync();
    }

    public async Task StartAsync()
    {
        _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] server =
        [
            $"{Binaries()}/postgres", "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={Folder}", "-c", $"fsync={(isDurable ? "on" : "off")}", "-c", "max_connections=200",
            "-c", "logging_collector=off",
        ];
        var start = Starting(Unprivileged(["sh", "-c", Watch, "watch", .. server]));
        start.RedirectStandardInput = true;
        _shell = new Process { StartInfo = start };
        _shell.ErrorDataReceived += (_, e) => Read(e.Data ?? "");
        _shell.Start();
        _shell.BeginErrorReadLine();
        _shell.BeginOutputReadLine();
        var ended = _shell.WaitForExitAsync();
        if (await Task.WhenAny(_ready.Task, ended).WaitAsync(Patience) == ended)
            throw new InvalidOperationException($"the server ended before it was ready: {string.Join('\n', _lines)}");
    }

    /// <summary>Stops it as its administrator would: connections are cut, what was committed stays.</summary>
    public Task StopAsync() => EndAsync(() => { });

    /// <summary>Kills it.</summary>
    public Task KillAsync() => EndAsync(() => _ = Kill(_pid, 9));

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
            await StopAsync();

        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private string Data => Path.Combine(Folder, "data");

    private static bool IsRoot => Environment.UserName == "root";

    private static string? Binaries() => !Directory.Exists("/usr/lib/postgresql") ? null
        : Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin"))
            .Where(b => File.Exists(Path.Combine(b, "postgres"))).OrderDescending(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string[] Unprivileged(params string[] command) => IsRoot ? ["runuser", "-u", "postgres", "--", .. command] : command;

    private async Task EndAsync(Action first)
    {
        first();
        _shell!.StandardInput.Close();
        await _shell.WaitForExitAsync().WaitAsync(Patience);
        _shell.Dispose();
        _shell = null;
    }

    private void Read(string line)
    {
        _lines.Enqueue(line);
        if (line.StartsWith("server ", StringComparison.Ordinal))
            _pid = int.Parse(line.AsSpan("server ".Length), System.Globalization.CultureInfo.InvariantCulture);
        else if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            _ready.TrySetResult();
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(Starting(command))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {await output}{await errors}");
    }

    private static ProcessStartInfo Starting(string[] command) => new(command[0], command[1..])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Path.GetTempPath(),
    };

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
