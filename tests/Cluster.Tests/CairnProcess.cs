using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cairn.Cluster.Tests;

/// <summary>A real <c>cairn</c> process, its output line by line.</summary>
internal sealed partial class CairnProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _outputClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(Func<string, bool> Match, TaskCompletionSource<string> Seen)> _awaited = [];

    private CairnProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Take(e.Data, _outputClosed);
        _process.ErrorDataReceived += (_, e) => Take(e.Data, _errorClosed);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything printed so far, standard error included.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public string Text => string.Join('\n', Lines);

    public int Id => _process.Id;

    /// <summary>Starts <c>cairn</c> with arguments in a working directory.</summary>
    public static CairnProcess Start(string workingDirectory, params string[] arguments) => StartUnder([], workingDirectory, arguments);

    /// <summary>The same under another program, such as <c>strace</c> with its arguments.</summary>
    public static CairnProcess StartUnder(IReadOnlyList<string> wrapper, string workingDirectory, params string[] arguments)
    {
        string[] all = [.. wrapper, "dotnet", CliAssembly, .. arguments];
        var start = new ProcessStartInfo(all[0])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in all.Skip(1))
            start.ArgumentList.Add(argument);

        return new CairnProcess(start);
    }

    /// <summary>Runs to the end and returns the exit code with all lines.</summary>
    public static async Task<(int ExitCode, string Text)> RunAsync(string workingDirectory, params string[] arguments)
    {
        using var process = Start(workingDirectory, arguments);
        var code = await process.ExitAsync();
        return (code, process.Text);
    }

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await _process.WaitForExitAsync(limit.Token);
        await Task.WhenAll(_outputClosed.Task, _errorClosed.Task).WaitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Completes with the first line that matches, printed before or after this call.</summary>
    public Task<string> LineAsync(Func<string, bool> match)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_awaited)
        {
            _awaited.Add((match, seen));
            if (_lines.ToList().Find(line => match(line)) is { } line)
                seen.TrySetResult(line);
        }

        return seen.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>Completes once so many lines were printed.</summary>
    public Task LinesAsync(int count)
    {
        var seen = 0;
        return count == 0 ? Task.CompletedTask : LineAsync(_ => Interlocked.Increment(ref seen) >= count);
    }

    /// <summary>Completes once so many lines were printed that match.</summary>
    public async Task LinesAsync(int count, Func<string, bool> match, TimeSpan patience)
    {
        var (seen, left) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), count);
        lock (_awaited)
        {
            left -= _lines.Count(match);
            _awaited.Add((line => match(line) && --left <= 0 && seen.TrySetResult(), new TaskCompletionSource<string>()));
            if (left <= 0)
                seen.TrySetResult();
        }

        try
        {
            await seen.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{left} lines more were to come within {patience}:\n{Text}");
        }
    }

    public bool HasExited => _process.HasExited;

    public void Kill() => _process.Kill();

    /// <summary>Stops the process where it is, as a suspended machine does, and all its children.</summary>
    public void Freeze() => SendAll(19);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => SendAll(18);

    /// <summary>The processes that it has started.</summary>
    public List<int> ChildIds => Children(Id);

    /// <summary>Kills its children, and not the process itself.</summary>
    public void KillChildren() => ChildIds.ForEach(child => _ = KillNative(child, 9));

    private void SendAll(int signal)
    {
        foreach (var process in (int[])[Id, .. Children(Id)])
        {
            // A child may have ended meanwhile.
            _ = KillNative(process, signal);
        }
    }

    private static List<int> Children(int process) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(task => ReadChildren(task)).Distinct(),
    ];

    private static int[] ReadChildren(string task)
    {
        try
        {
            return [.. File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            // The thread, or the process, has ended.
            return [];
        }
    }

    /// <summary>Sends a signal: one that .NET has a name for, or a number of Linux's.</summary>
    public void Signal(PosixSignal signal) =>
        Assert.Equal(0, KillNative(_process.Id, signal switch { PosixSignal.SIGINT => 2, PosixSignal.SIGTERM => 15, _ => (int)signal }));

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);

        _process.Dispose();
    }

    /// <summary>The built CLI.</summary>
    public static string CliAssembly
    {
        get
        {
            var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            return Path.Combine(TestFiles.Root, "src", "Cli", "bin", configuration, "net10.0", "cairn.dll");
        }
    }

    private void Take(string? line, TaskCompletionSource closed)
    {
        if (line is null)
        {
            closed.TrySetResult();
            return;
        }

        lock (_awaited)
        {
            _lines.Enqueue(line);
            foreach (var (match, seen) in _awaited)
            {
                if (match(line))
                    seen.TrySetResult(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int KillNative(int process, int signal);
}
