using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Cli;

/// <summary>The standard output and error that the process was started with, if any.</summary>
internal static class StandardStreams
{
    private const int Error = 2, AccessMode = 3, ReadOnly = 0, CloseOnExec = 0x80000;
    private const string Flags = "flags:";

    /// <summary>
    /// Whether it can be written to. If the shell closed it (<c>&gt;&amp;-</c>), the first file that the process opened has its number: a
    /// library, or a file of the runtime. Such files are opened close-on-exec; files that a shell passes on are not.
    /// </summary>
    /// <param name="descriptor">1 for standard output, 2 for standard error.</param>
    public static bool IsOpen(int descriptor)
    {
        var info = $"/proc/self/fdinfo/{descriptor}";
        if (!File.Exists(info))
        {
            // Closed, or a system without /proc.
            return !Directory.Exists("/proc/self");
        }

        var text = File.ReadLines(info).First(line => line.StartsWith(Flags, StringComparison.Ordinal))[Flags.Length..].Trim();
        var flags = Convert.ToInt32(text, fromBase: 8);
        return (flags & AccessMode) != ReadOnly && (flags & CloseOnExec) == 0
            && new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget?.StartsWith("anon_inode:", StringComparison.Ordinal) != true;
    }

    /// <summary>Writes a line to standard error without opening a file, for when no more can be opened.</summary>
    public static void Say(string line)
    {
        using var handle = new SafeFileHandle(Error, ownsHandle: false);
        using var error = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        error.Write(Encoding.UTF8.GetBytes($"cairn: {line}\n"));
    }

    /// <summary>Standard output; its errors say that they concern it.</summary>
    public static TextWriter Output() =>
        new StreamWriter(new NamedStream(Console.OpenStandardOutput()), Console.OutputEncoding) { AutoFlush = true };

    private sealed class NamedStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (IOException e)
            {
                throw new IOException($"standard output cannot be written: {e.Message}", e);
            }
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
