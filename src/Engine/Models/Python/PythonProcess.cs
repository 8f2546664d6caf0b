using System.Buffers;
using Cairn.Engine.Processes;

namespace Cairn.Engine.Models.Python;

/// <summary>One Python process: takes an order, a line of JSON, and answers with another. State and fields lie in
/// <see cref="SharedBlocks"/>, whose places an order names.</summary>
internal sealed unsafe class PythonProcess : IDisposable
{
    private const int BufferBytes = 1 << 16;
    private static readonly byte[] Mark = "cairn-host 1"u8.ToArray();
    private static readonly TimeSpan ForItsEnd = TimeSpan.FromSeconds(10);

    private readonly PythonModelOptions _options;
    private readonly ChildProcess _child;

    // A process may be started in a step, whose scope is not to take this away.
    private readonly Tensor _at = SharedBlocks.Unwritten(ScalarType.Int64, [1]).DetachFromDisposeScope();
    private readonly HashSet<int> _known = [];
    private readonly ArrayBufferWriter<byte> _order = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private (int From, int To) _read;
    private int _isOver;

    private PythonProcess(PythonModelOptions options, ChildProcess child) => (_options, _child) = (options, child);

    /// <summary>Whether it takes orders.</summary>
    public bool IsAlive => _isOver == 0 && !_child.Exit.IsCompleted;

    /// <summary>Whether this process has ended it.</summary>
    public bool IsKilled => _isOver != 0;

    /// <summary>Where it writes the place in the batch of the member that it is at.</summary>
    public Tensor At => _at;

    /// <summary>Starts one; it is there with its first answer.</summary>
    public static PythonProcess Start(PythonModelOptions options)
    {
        var interpreter = ProgramPath.Find(options.Interpreter) ?? throw new SpecException(
            $"There is no Python at model.python = {options.Interpreter}"
            + (options.Interpreter.Contains('/', StringComparison.Ordinal)
                ? "." : $", in none of the folders of PATH ({ProgramPath.Folders}).")
            + " Expected an interpreter of Python 3.8 or later that has numpy (Debian: /usr/bin/python3 with python3-numpy).");
        const string Begin = "import sys; sys.path[0] = sys.argv[1]; from cairn import host; host.main()";
        var threads = options.Threads.ToString(CultureInfo.InvariantCulture);
        var child = ChildProcess.Start(new ChildSetup(
            [interpreter, "-c", Begin, Path.Combine(AppContext.BaseDirectory, "python")],
            new Dictionary<string, string>
            {
                ["OMP_NUM_THREADS"] = threads,
                ["OPENBLAS_NUM_THREADS"] = threads,
                ["MKL_NUM_THREADS"] = threads,
                ["PYTHONHASHSEED"] = "0",
                // Nothing is to turn up beside the user's files.
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
            options.Process.Said, options.Process.Time)
        {
            IsReachedByLine = true,
            NamedBy = "It is what model.python names.",
        });
        _ = child.Pid.GetAwaiter().GetResult();
        return new PythonProcess(options, child);
    }

    /// <summary>Gives an order and waits for the answer.</summary>
    public JsonDocument Ask(Action<Utf8JsonWriter> write, IReadOnlyList<SharedBlock> blocks, CancellationToken over)
    {
        var isLate = false;
        using var deadline = _options.Process.Time.CreateTimer(
            _ =>
            {
                isLate = true;
                Kill();
            },
            null, _options.Process.Deadline, Timeout.InfiniteTimeSpan);
        using var nobody = over.Register(Kill);
        try
        {
            Volatile.Write(ref Index, -1);
            Send(write, blocks);
            while (ReadLine() is { } line)
            {
                if (line.StartsWith('{'))
                    return JsonDocument.Parse(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or JsonException)
        {
            // The line went with the process, or is not what it was: how it ended is what counts.
        }
        var how = isLate ? Late() : HowItEnded();
        Kill();
        over.ThrowIfCancellationRequested();
        throw new PythonEndedException(how, Place());
    }

    public void Dispose()
    {
        Kill();
        // Its last word is of no interest, and its memory stays mapped until it is gone.
        _ = _child.Exit.ContinueWith(_ => _at.Dispose(), TaskScheduler.Default);
    }

    private void Kill()
    {
        _ = Interlocked.Exchange(ref _isOver, 1);
        _child.Kill(withItsOwn: true);
    }

    private void Send(Action<Utf8JsonWriter> write, IReadOnlyList<SharedBlock> blocks)
    {
        _order.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_order))
        {
            json.WriteStartObject();
            write(json);
            json.WriteStartArray("blocks");
            foreach (var block in blocks.Where(block => _known.Add(block.Number)))
            {
                json.WriteStartArray();
                json.WriteNumberValue(block.Number);
                json.WriteStringValue(block.Path);
                json.WriteNumberValue(block.Bytes);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteStartArray("over");
            foreach (var number in SharedBlocks.Over(_known))
            {
                _ = _known.Remove(number);
                json.WriteNumberValue(number);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        _order.Write("\n"u8);
        var input = _child.Line.Input;
        input.Write(_order.WrittenSpan);
        input.Flush();
    }

    /// <summary>The next line of what the host writes; null at its end. What a start-up file of that Python prints comes before.</summary>
    private string? ReadLine()
    {
        using var whole = new MemoryStream();
        while (true)
        {
            var unread = _buffer.AsSpan(_read.From, _read.To - _read.From);
            var end = unread.IndexOf((byte)'\n');
            whole.Write(end < 0 ? unread : unread[..end]);
            _read.From += end < 0 ? unread.Length : end + 1;
            if (end >= 0)
            {
                var line = whole.GetBuffer().AsSpan(0, (int)whole.Length);
                var text = Encoding.UTF8.GetString(line);
                if (!line.SequenceEqual(Mark) && !text.StartsWith('{'))
                    _options.Process.Said(text);
                return text;
            }
            _read = (0, _child.Line.Output.Read(_buffer));
            if (_read.To == 0)
                return null;
        }
    }

    private string Late()
    {
        var limit = _options.Process.Deadline;
        return string.Create(CultureInfo.InvariantCulture, $"did not answer within {limit.TotalSeconds:0.###} s ")
            + "(supervision.boundary-deadline), and was killed";
    }

    /// <summary>How it ended, after "the process … ".</summary>
    public string HowItEnded() =>
        !_child.Exit.Wait(ForItsEnd)
            ? "closed the line by which it is reached, and was killed"
            : _child.Exit.GetAwaiter().GetResult().Describe();

    private int? Place() => Volatile.Read(ref Index) is >= 0 and var at ? (int)at : null;
    private ref long Index => ref *(long*)Tensors.Address(_at);
}

/// <summary>A Python process ended in a call.</summary>
/// <param name="how">How, after "the process … ".</param>
/// <param name="place">The place in the batch of the member that it was at, or null.</param>
internal sealed class PythonEndedException(string how, int? place) : StepException($"The Python process {how}.")
{
    public string How => how;
    public int? Place => place;
}
