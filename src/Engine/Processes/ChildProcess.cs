using System.ComponentModel;
using System.Diagnostics;

namespace Cairn.Engine.Processes;

/// <summary>A process that this one started, apart from the terminal: signals of the keyboard reach this process only, which decides what
/// becomes of its children.</summary>
internal sealed class ChildProcess
{
    private const int LastLines = 6;
    private const string Detach = "/usr/bin/setsid";
    private static readonly TimeSpan ForLastWords = TimeSpan.FromSeconds(1);
    private readonly object _gate = new();
    private readonly Process _process;
    private readonly ChildSetup _setup;
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<int> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(ProcessStartInfo start, ChildSetup setup)
    {
        (_process, _setup) = (new Process { StartInfo = start }, setup);
        // The kernel ends a child that asked for it when the thread that started it ends, not the process: this thread stays as long as
        // the child does.
        new Thread(Live) { IsBackground = true, Name = $"child {start.FileName}" }.Start();
    }

    /// <summary>Its process id, once it is started; fails with a <see cref="SpecException"/> where there is no such program.</summary>
    public Task<int> Pid => _started.Task;

    /// <summary>How it ended; fails as <see cref="Pid"/> does.</summary>
    public Task<ProcessExit> Exit => _exit.Task;

    /// <summary>Its standard input and output, where it is reached by them.</summary>
    public (Stream Input, Stream Output) Line => (_process.StandardInput.BaseStream, _process.StandardOutput.BaseStream);

    public static ChildProcess Start(ChildSetup setup)
    {
        // Detach itself would start in any case, and only then not find the program.
        var isDetached = File.Exists(Detach) && ProgramPath.Find(setup.Words[0]) is not null;
        IReadOnlyList<string> all = isDetached ? [Detach, .. setup.Words] : setup.Words;
        var start = new ProcessStartInfo(all[0], all.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in setup.Environment)
            start.Environment[name] = value;
        return new ChildProcess(start, setup);
    }

    /// <summary>Kills it, if it still is.</summary>
    public void Kill(bool withItsOwn = false)
    {
        if (!Pid.IsCompletedSuccessfully || Exit.IsCompleted)
        {
            // Not started yet: its standard streams are closed by then, and it ends by itself.
            return;
        }
        try
        {
            _process.Kill(withItsOwn);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended in this very moment, which is what was wanted.
        }
    }

    /// <summary>Kills it unless it has ended by itself within a time.</summary>
    public void KillAfter(TimeSpan grace) => _ = Task.WhenAny(Exit, Task.Delay(grace, _setup.Time)).ContinueWith(
        _ => Kill(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private void Live()
    {
        try
        {
            _process.Start();
            if (!_setup.IsReachedByLine)
                _process.StandardInput.Close();
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            var error = new SpecException(
                $"{_process.StartInfo.FileName} cannot be started: {e.Message}. {_setup.NamedBy}", e);
            _started.SetException(error);
            _exit.SetException(error);
            return;
        }
        _started.SetResult(_process.Id);
        var read = Task.WhenAll(
            _setup.IsReachedByLine ? Task.CompletedTask : ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        _process.WaitForExit();
        _ = EndAsync(read);
    }

    /// <summary>What it said last may still be on its way; a process below it may hold the pipe open for longer.</summary>
    private async Task EndAsync(Task read)
    {
        var code = _process.ExitCode;
        await Task.WhenAny(read, Task.Delay(ForLastWords, _setup.Time)).ConfigureAwait(false);
        lock (_gate)
        {
            _exit.SetResult(new ProcessExit(_process.Id, code, [.. _lines]));
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await NextAsync(reader).ConfigureAwait(false) is { } line)
        {
            if (!line.Any(char.IsLetterOrDigit))
            {
                // Rules between paragraphs, of which MPI's launchers are fond.
                continue;
            }
            lock (_gate)
            {
                _lines.Enqueue(line.Trim());
                if (_lines.Count > LastLines)
                    _lines.Dequeue();
            }
            _setup.Said(line);
        }
    }

    private static async Task<string?> NextAsync(StreamReader reader)
    {
        try
        {
            return await reader.ReadLineAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe went with the process.
            return null;
        }
    }
}

/// <summary>What a process is started with.</summary>
/// <param name="Words">Program and arguments.</param>
/// <param name="Environment">Variables besides this process's own.</param>
/// <param name="Said">Receives each line that it prints.</param>
/// <param name="Time">The clock.</param>
internal sealed record ChildSetup(
    IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Environment, Action<string> Said, TimeProvider Time)
{
    /// <summary>Whether this process talks to it by its standard input and output; what it prints is what comes by standard error
    /// then.</summary>
    public bool IsReachedByLine { get; init; }

    /// <summary>Where its program is named, for the one that cannot be started.</summary>
    public string NamedBy { get; init; } = "It is the first word of ranks.command, or this program.";
}

/// <summary>How a process ended.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="Code">Its exit code; 128 and the signal where one ended it.</param>
/// <param name="LastLines">What it printed last.</param>
internal sealed record ProcessExit(int Pid, int Code, IReadOnlyList<string> LastLines)
{
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL",
        [11] = "SIGSEGV", [13] = "SIGPIPE", [15] = "SIGTERM",
    };

    /// <summary>In words, after "the process … ".</summary>
    public string Describe() => WithLastLines(Signals.TryGetValue(Code - 128, out var signal)
        ? string.Create(CultureInfo.InvariantCulture, $"was ended by signal {Code - 128} ({signal})")
        : $"ended with exit code {Text}");

    /// <summary>The same of a program that ends as those do which it has started.</summary>
    public string DescribeLauncher() => WithLastLines(
        Signals.TryGetValue(Code - 128, out var signal) ? $"ended with exit code {Text} ({signal})" : $"ended with exit code {Text}");

    private string Text => Code.ToString(CultureInfo.InvariantCulture);
    private string WithLastLines(string how) => LastLines.Count == 0 ? how : $"{how}; it last said: {string.Join(" | ", LastLines)}";
}

/// <summary>Reports what a process prints as warnings of its run, up to a limit.</summary>
/// <param name="observer">Receives the warnings.</param>
/// <param name="who">Whose lines they are.</param>
internal sealed class ProcessOutput(IRunObserver observer, string who)
{
    private const int MostLines = 100;
    private int _lines;
    private volatile bool _isSilent;

    /// <summary>From now on what it says is of no interest: it is being ended.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>Takes a line.</summary>
    public void Say(string line)
    {
        if (_isSilent)
            return;
        var number = Interlocked.Increment(ref _lines);
        if (number <= MostLines)
            observer.On(new RunWarning($"{who}: {line}"));
        else if (number == MostLines + 1)
            observer.On(new RunWarning($"{who}: further output is hidden; if it fails, its last lines are shown"));
    }
}

/// <summary>Finds programs as a shell does.</summary>
internal static class ProgramPath
{
    /// <summary>The folders of <c>PATH</c>, with colons between them.</summary>
    public static string Folders => Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>The file of a program: itself, if a folder is named, or in the first folder of <c>PATH</c> that has it; null for
    /// none.</summary>
    public static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) ? program : null
        : Files(Folders, program).FirstOrDefault();

    public static IEnumerable<string> Files(string folders, params IReadOnlyList<string> names) =>
        folders.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name))).Where(File.Exists);
}
