using System.Net.Sockets;
using System.Text;
using Cairn.Actors.Runs;
using Cairn.Api.Local;

namespace Cairn.Api.Tests.Local;

/// <summary>What other processes may tell a run through the socket in its folder, and what becomes of those that talk nonsense.</summary>
public sealed class RunSocketTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("cairn-socket-");
    private readonly string _folder;
    private readonly List<object> _asked = [];
    private Func<object, object> _answer = _ => new CommandAccepted("run-1");

    public RunSocketTests() => _folder = System.IO.Path.Combine(_scratch.FullName, "run");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task Every_order_reaches_the_registry_as_its_message()
    {
        await using var socket = Open();

        foreach (var order in RunOrders.All)
            await TellAsync(order.Name);

        Assert.Equal(RunOrders.All.Select(o => o.Message("run-1")), _asked);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public async Task What_does_not_apply_is_refused_with_its_reason_in_one_line()
    {
        _answer = _ => new NotApplicable("run-1", "it is paused\nalready");
        await using var socket = Open();

        var refused = await Assert.ThrowsAsync<SpecException>(() => TellAsync("pause"));

        Assert.EndsWith("it is paused already.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_waits_until_the_run_has_its_id()
    {
        var id = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var socket = Open(id.Task);
        var told = TellAsync("pause");
        Assert.Empty(_asked);

        id.SetResult("run-9");

        await told;
        Assert.Equal([new PauseRun("run-9")], _asked);
    }

    [Theory]
    [InlineData("rm -rf\n", "'rm -rf' is not a command for a run")]
    [InlineData("\n", "'' is not a command for a run")]
    [InlineData("", "'' is not a command for a run")]
    [InlineData("PAUSE\n", "'PAUSE' is not a command for a run")]
    [InlineData("\0\u0001\uffff\n", "is not a command for a run")]
    [InlineData("pause", "taken")]
    [InlineData("pause\nand more\n", "taken")]
    public async Task Whatever_a_peer_says_the_next_one_is_heard(string words, string expected)
    {
        await using var socket = Open();

        var answer = await SayAsync(words);
        await TellAsync("cancel");

        Assert.Contains(expected, answer, StringComparison.Ordinal);
        Assert.Equal(new CancelRun("run-1"), _asked[^1]);
    }

    [Fact]
    public async Task A_line_without_an_end_is_cut_off()
    {
        await using var socket = Open();

        var answer = await SayAsync(new string('x', 64), ends: false);

        Assert.Contains("is not a command for a run", answer, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Peers_that_say_nothing_or_go_away_keep_nobody_waiting()
    {
        await using var socket = Open();
        using var silent = await ConnectAsync();
        using var other = await ConnectAsync();
        (await ConnectAsync()).Dispose();

        await Task.WhenAll(TellAsync("pause"), TellAsync("resume"));

        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task A_socket_that_a_dead_process_left_is_told_from_one_that_answers_and_replaced()
    {
        LeaveSocket();

        var nobody = await Assert.ThrowsAsync<SpecException>(() => TellAsync("pause"));
        await using var socket = Open();
        await TellAsync("pause");

        Assert.Contains("was left by a dead process", nobody.Message, StringComparison.Ordinal);
        Assert.Single(_asked);
    }

    [Fact]
    public async Task A_run_that_has_ended_leaves_no_socket()
    {
        var socket = Open();
        using (await ConnectAsync())
        {
            await socket.DisposeAsync();
        }

        Assert.False(File.Exists(Path));
        var nobody = await Assert.ThrowsAsync<SpecException>(() => TellAsync("pause"));
        Assert.Contains("is not running", nobody.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_may_have_a_longer_name_than_a_socket()
    {
        var deep = System.IO.Path.Combine(_scratch.FullName, new string('d', 100), new string('e', 100));
        Directory.CreateDirectory(deep);
        await using var socket = RunSocket.Open(deep, Task.FromResult("run-1"), AskAsync);

        await LocalOrders.TellAsync(deep, "pause", CancellationToken.None);

        Assert.Single(_asked);
    }

    private string Path => System.IO.Path.Combine(_folder, RunSocket.FileName);

    private RunSocket Open(Task<string>? id = null) =>
        RunSocket.Open(Directory.CreateDirectory(_folder).FullName, id ?? Task.FromResult("run-1"), AskAsync);

    /// <summary>In another place first: .NET removes what it has bound, which a process that is killed cannot.</summary>
    private void LeaveSocket()
    {
        var elsewhere = _scratch.CreateSubdirectory("elsewhere");
        using var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(System.IO.Path.Combine(elsewhere.FullName, RunSocket.FileName)));
        Directory.Move(elsewhere.FullName, _folder);
    }

    private Task<object> AskAsync(object message, CancellationToken cancel)
    {
        lock (_asked)
        {
            _asked.Add(message);
        }

        return Task.FromResult(_answer(message));
    }

    private Task TellAsync(string order) => LocalOrders.TellAsync(_folder, order, CancellationToken.None).WaitAsync(Limit);

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path));
        return socket;
    }

    /// <summary>Sends words as they are; the line that comes back.</summary>
    private async Task<string> SayAsync(string words, bool ends = true)
    {
        using var socket = await ConnectAsync();
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(words));
        if (ends)
            socket.Shutdown(SocketShutdown.Send);

        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync().WaitAsync(Limit) ?? "";
    }
}
