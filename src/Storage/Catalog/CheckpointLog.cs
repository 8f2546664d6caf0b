using Microsoft.Extensions.Logging;

namespace Cairn.Storage.Catalog;

/// <summary>What checkpoints write into a host's log: event ids 100 to 199.</summary>
internal static partial class CheckpointLog
{
    public static void Warned(this ILogger logger, CheckpointWarning warning) =>
        Worked(logger, warning.Path, warning.Defect, warning.Outcome);

    [LoggerMessage(100, LogLevel.Warning, "{Path}: {Defect} {Outcome}")]
    private static partial void Worked(ILogger logger, string path, string defect, string outcome);
}
