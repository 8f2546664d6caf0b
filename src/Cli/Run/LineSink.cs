namespace Cairn.Cli.Run;

/// <summary>
/// Writes whole lines from several threads. Once they can go nowhere (a full disk, a closed pipe) it is silent: the run goes on.
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
            {
                return;
            }

            try
            {
                writer.WriteLine(line);
                writer.Flush();
            }
            catch (IOException)
            {
                // A batch must not fail because its output cannot be written; its journal has the same.
                _closed = true;
            }
        }
    }
}
