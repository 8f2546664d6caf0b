namespace Cairn.Engine.Torch;

/// <summary>Shortens libtorch's messages to what helps the reader.</summary>
internal static class TorchMessage
{
    private const int MaxLines = 12;
    private const string Interpreter = "The following operation failed in the TorchScript interpreter.";

    /// <summary>Drops the C++ backtrace and advice about CUDA environment variables, keeps the innermost source lines of a script, and puts
    /// the error itself, which the interpreter prints last, first.</summary>
    internal static string Clean(string text)
    {
        var lines = text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0 && !IsNoise(l))
            .TakeWhile(l => !IsBacktrace(l)).ToList();
        if (lines.Count > 0 && lines[0].StartsWith(Interpreter, StringComparison.Ordinal))
            lines = ErrorFirst(lines);
        if (lines.Count > MaxLines)
            lines.RemoveRange(MaxLines, lines.Count - MaxLines);
        return lines.Count == 0 ? "libtorch failed without a message." : string.Join('\n', lines);
    }

    private static List<string> ErrorFirst(List<string> lines)
    {
        var error = lines.FindLastIndex(l => IsErrorLine(l));
        if (error < 0)
            return lines;
        var frame = lines.FindLastIndex(error, l => l.TrimStart().StartsWith("File ", StringComparison.Ordinal));
        var from = frame < 0 ? 2 : frame;
        return [.. lines[error..], .. lines[Math.Min(from, error)..error]];
    }

    // "RuntimeError: ...", "torch.jit.Error: ...", "ValueError: ...": at the start of a line, one word, then a colon.
    private static bool IsErrorLine(string line)
    {
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon > 0 && line.AsSpan(0, colon).IndexOf(' ') < 0
            && (line.AsSpan(0, colon).EndsWith("Error") || line.AsSpan(0, colon).EndsWith("Exception"));
    }

    private static bool IsBacktrace(string line) =>
        line.StartsWith("Exception raised from ", StringComparison.Ordinal)
        || line.StartsWith("C++ CapturedTraceback", StringComparison.Ordinal)
        || line.StartsWith("frame #", StringComparison.Ordinal);

    private static bool IsNoise(string line) =>
        line.StartsWith("For debugging consider passing CUDA_LAUNCH_BLOCKING", StringComparison.Ordinal)
        || line.StartsWith("Compile with `TORCH_USE_CUDA_DSA`", StringComparison.Ordinal);
}

/// <summary>libtorch failed, or is not there. The message is libtorch's own, without its C++ backtrace.</summary>
public sealed class TorchException(string message, Exception? inner = null) : CairnException(message, inner)
{
    /// <summary>Whether an exception is libtorch's, as TorchSharp throws it or as it is passed on here.</summary>
    public static bool Is(Exception exception) => exception is TorchException or ExternalException;

    /// <summary>What TorchSharp threw, with a message that can be read.</summary>
    internal static TorchException Of(ExternalException exception) => new(TorchMessage.Clean(exception.Message), exception);
}
