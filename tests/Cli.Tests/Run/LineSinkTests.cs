using System.Text;
using Cairn.Cli.Run;

namespace Cairn.Cli.Tests.Run;

public sealed class LineSinkTests
{
    [Fact]
    public void Lines_that_can_go_nowhere_do_not_stop_the_run()
    {
        // "cairn run SPEC > run.log" on a full disk failed every batch for want of a line in its log.
        using var full = new FullWriter();
        var sink = new LineSink(full);
        sink.WriteLine("one");
        sink.WriteLine("two");

        Assert.Equal(1, full.Tries);
    }

    private sealed class FullWriter : TextWriter
    {
        public int Tries { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            Tries++;
            throw new IOException("No space left on device");
        }
    }
}
