using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>
/// A PostgreSQL server of its own, on loopback, in a temporary folder. It ends with the test process, however that ends: a shell between
/// the two reads from a pipe that closes then.
/// </summary>
public sealed partial class PostgresServer : IAsyncLifetime, IDisposable
{
    private const string User = "cairn", Watch = """
        "$@" & server=$!
        echo "server $server" >&2
        while read -r _; do :; done
        kill -INT $server 2>/dev/null
        wait $server
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly bool _isDurable;
    private Process? _shell;
    private int _pid;
    private TaskCompletionSource _ready = new();

    public PostgresServer()
        : this(isDurable: false)
    {
    }

    /// <param name="isDurable">Whether each commit is synced to the disk; what a killed process had committed stays in either case.</param>
    internal PostgresServer(bool isDurable) => _isDurable = isDurable;

    /// <summary>Why there is no server; null when there is one.</summary>
    public string? Missing { get; private set; }

    public int Port { get; } = FreePort();

    /// <summary>Where its files are.</summary>
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"cairn-postgres-{Guid.NewGuid():N}");

    /// <summary>An address of its only database.</summary>
    public string Address(string schema) => $"postgres://{User}@127.0.0.1:{Port}/postgres?search_path={schema}";

    public async Task InitializeAsync()
    {
        if (Binaries() is not { } binaries)
        {
            Missing = "PostgreSQL's server is not installed; ./cairn test installs it (Debian's package postgresql).";
            return;
        }

        await RunAsync(["install", "-d", "-m", "700", .. (IsRoot ? ["-o", "postgres"] : Array.Empty<string>()), Folder]);
        await RunAsync(Unprivileged($"{binaries}/initdb", "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        await StartAsync();
    }

    public async Task StartAsync()
    {
        _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] server =
        [
            $"{Binaries()}/postgres", "-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", $"fsync={(_isDurable ? "on" : "off")}", "-c", "max_connections=200", "-c", "logging_collector=off",
        ];
        var start = Starting(Unprivileged(["sh", "-c", Watch, "watch", .. server]));
        start.RedirectStandardInput = true;
        _shell = new Process { StartInfo = start };
        _shell.ErrorDataReceived += (_, e) => Read(e.Data ?? "");
        _shell.Start();
        _shell.BeginErrorReadLine();
        _shell.BeginOutputReadLine();
        var ended = _shell.WaitForExitAsync();
        Assert.True(await Task.WhenAny(_ready.Task, ended).WaitAsync(Patience) == _ready.Task, "the server ended before it was ready");
    }

    /// <summary>Stops it as its administrator would: connections are cut, what was committed stays.</summary>
    public Task StopAsync() => EndAsync(() => { });

    /// <summary>Kills it.</summary>
    public Task KillAsync() => EndAsync(() => _ = Kill(_pid, 9));

    public async Task DisposeAsync()
    {
        if (_shell is not null)
        {
            await StopAsync();
        }

        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    public void Dispose() => _shell?.Dispose();

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
        if (line.StartsWith("server ", StringComparison.Ordinal))
        {
            _pid = int.Parse(line.AsSpan("server ".Length), System.Globalization.CultureInfo.InvariantCulture);
        }
        else if (line.Contains("ready to accept connections", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(Starting(command))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {await output}{await errors}");
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

/// <summary>Test classes that share one server.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
}
