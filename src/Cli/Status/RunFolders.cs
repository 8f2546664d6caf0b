using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Status;

/// <summary>Finds a run's folder from what a user typed.</summary>
internal static class RunFolders
{
    /// <summary>The folder itself, or the one <c>checkpoints</c> folder in it.</summary>
    public static string Find(string path)
    {
        var below = Path.Combine(path, "checkpoints");
        return !IsRun(path) && IsRun(below) ? below : path;
    }

    /// <summary>Whether a folder holds a run's record.</summary>
    public static bool IsRun(string path) => File.Exists(Path.Combine(path, RunRecord.FileName));
}
