using Cairn.Cli.Status;
using Cairn.Engine.Runs;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Remote;

/// <summary>What RUN on a command line refers to.</summary>
internal static class RunTarget
{
    /// <summary>What RUN may be, for help.</summary>
    public const string Help =
        "The run's id at a seed; or, for a run that \"cairn run\" steps on this machine, its spec or its checkpoint folder.";

    /// <summary>The checkpoint folder of a run on this machine; null for the id of a run at a seed.</summary>
    /// <remarks>An id contains no slash, so a word with one is a path even if nothing is there.</remarks>
    /// <exception cref="SpecException">It is a spec with mistakes.</exception>
    public static string? Folder(string run) =>
        PathFound.IsFolder(run) ? RunFolders.Find(run)
        : PathFound.IsFile(run) ? RunSpecReader.Read(run, []).Checkpoint.Path
        : run.Contains('/', StringComparison.Ordinal) ? run : null;

    /// <summary>Sends a seed an order about a run that is not on this machine; if no seed answers, the error says so.</summary>
    /// <exception cref="TransientException">No seed answers.</exception>
    public static async Task TellAsync(string run, Func<Task> tell)
    {
        try
        {
            await tell().ConfigureAwait(false);
        }
        catch (TransientException e)
        {
            throw Unanswered(run, e);
        }
    }

    /// <summary>Asks a seed about a run that is not on this machine; if no seed answers, the error says so.</summary>
    /// <exception cref="TransientException">No seed answers.</exception>
    public static async Task<T> AskAsync<T>(string? run, Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (TransientException e) when (run is not null)
        {
            throw Unanswered(run, e);
        }
    }

    private static TransientException Unanswered(string run, TransientException e) =>
        new($"{run} is neither a folder nor a spec here; for a run with that id: {e.Message}", e);
}
