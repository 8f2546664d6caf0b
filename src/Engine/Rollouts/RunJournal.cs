namespace Cairn.Engine.Rollouts;

/// <summary>Appends a run's events to <c>events.jsonl</c>, a JSON object a line, for people and for <c>cairn status</c>. No decision is
/// ever taken from it: when it cannot be written, the run goes on without. A line torn by a crash or a full disk is closed off before the
/// next one is written. All nodes that work on a run append to the same file.</summary>
public sealed class RunJournal : IRunObserver, IDisposable
{
    /// <summary>The journal's name in the run's checkpoint folder.</summary>
    public const string FileName = "events.jsonl";

    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private bool _torn;
    private bool _warned;

    /// <param name="folder">The run's folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Called once, if the journal cannot be written.</param>
    public RunJournal(string folder, TimeProvider time, Action<string> warn)
    {
        _time = time;
        _warn = warn;
        _file = PosixFiles.OpenAppend(Path.Combine(folder, FileName));
        _torn = EndsTorn();
    }

    public void On(RunEvent runEvent)
    {
        if (RunEventJson.Line(runEvent, _time.GetUtcNow()) is { } line)
            Append(line + "\n");
    }

    public void Dispose() => _file.Dispose();

    private void Append(string line)
    {
        string? defect = null;
        lock (_gate)
        {
            try
            {
                _file.Write(Encoding.UTF8.GetBytes(_torn ? "\n" + line : line));
                _torn = false;
            }
            catch (IOException e)
            {
                _torn = true;
                defect = _warned ? null : e.Message;
                _warned = true;
            }
        }
        if (defect is not null)
            _warn($"{FileName} cannot be written, the run continues without it: {defect}");
    }

    private bool EndsTorn()
    {
        if (!_file.CanSeek || _file.Length == 0)
            return false;
        _file.Seek(-1, SeekOrigin.End);
        return _file.ReadByte() != '\n';
    }
}
