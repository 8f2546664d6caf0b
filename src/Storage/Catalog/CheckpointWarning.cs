using Microsoft.Extensions.Logging;

namespace Cairn.Storage.Catalog;

/// <summary>Something that was not as it should be and was worked around.</summary>
/// <param name="Path">The file or directory at fault.</param>
/// <param name="Defect">What is wrong with it, in a sentence.</param>
/// <param name="Outcome">What was done about it.</param>
public sealed record CheckpointWarning(string Path, string Defect, string Outcome)
{
    public override string ToString() => $"{Defect} {Outcome}";

    /// <summary>One line on standard error: what is done with a warning unless the options say otherwise.</summary>
    internal static void ToStandardError(CheckpointWarning warning) => Console.Error.WriteLine($"cairn: warning: {warning}");
}

/// <summary>What checkpoints write into a host's log: event ids 100 to 199.</summary>
internal static partial class CheckpointLog
{
    public static void Warned(this ILogger logger, CheckpointWarning warning) =>
        Worked(logger, warning.Path, warning.Defect, warning.Outcome);

    [LoggerMessage(100, LogLevel.Warning, "{Path}: {Defect} {Outcome}")]
    private static partial void Worked(ILogger logger, string path, string defect, string outcome);
}
