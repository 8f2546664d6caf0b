using Cairn.Engine.Rollouts;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Status;

/// <summary>Finds a run's folder from a path on the command line.</summary>
internal static class RunFolders
{
    /// <summary>The folder itself, or the only <c>checkpoints</c> folder in it.</summary>
    public static string Find(string path)
    {
        var below = Path.Combine(path, "checkpoints");
        return !IsRun(path) && IsRun(below) ? below : path;
    }

    /// <summary>The folder that <see cref="Find"/> finds, if it contains a run.</summary>
    /// <exception cref="SpecException">It contains none.</exception>
    public static string Require(string path)
    {
        var folder = Find(path);
        return IsRun(folder) ? folder
            : throw new SpecException($"{folder} holds no run: there is no {RunRecord.FileName}. Expected checkpoint.path of a run that "
                + "was started, or a folder that contains it as 'checkpoints'.");
    }

    /// <summary>Whether a folder contains a run's record.</summary>
    public static bool IsRun(string path) => PathFound.IsFile(Path.Combine(path, RunRecord.FileName));
}
