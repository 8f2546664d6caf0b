using System.Globalization;

namespace Cairn.Actors.Remote;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; 128 and the signal where one ended it.</param>
/// <param name="LastLines">What it printed last.</param>
internal sealed record ProcessExit(int Code, IReadOnlyList<string> LastLines)
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
