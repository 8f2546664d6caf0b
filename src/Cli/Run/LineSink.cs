namespace Cairn.Cli.Run;

/// <summary>
/// Writes whole lines from several threads. After the first write error (a full disk, a closed pipe) it is silent and the run continues.
/// </summary>
internal sealed class LineSink(TextWriter writer)
{
    private readonly Lock _gate = new();
    private bool _closed;

    public void WriteLine(string line)
    {
        lock (_gate)
        {
            if (_closed)
                return;

            try
            {
                writer.WriteLine(line);
                writer.Flush();
            }
            catch (IOException)
            {
                // A batch must not fail because its output cannot be written; its journal has the same events.
                _closed = true;
            }
        }
    }
}
