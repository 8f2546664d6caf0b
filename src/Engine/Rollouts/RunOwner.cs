using System.Text;
using Cairn.Storage.Durable;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Tells whose a run's folder is while no single process holds its lock: the nodes of a cluster come and go, and a <c>cairn run</c> of the
/// same spec must not step into what they are at. Kept in <c>run.owner</c> from the run's opening to its closing.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="folder">The run's folder.</param>
internal sealed class RunOwner(IDurableFiles files, string folder)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "run.owner";

    private const int MostBytes = 4096;
    private readonly string _path = Path.Combine(folder, FileName);

    /// <summary>Takes the folder for an owner, or for none. Call while holding the run's lock.</summary>
    /// <returns>Whether it had no owner before.</returns>
    /// <exception cref="SpecException">It has another owner.</exception>
    public bool Take(string? owner)
    {
        var found = Read();
        if (found is not null && (owner is null || Run(found) != Run(owner)))
        {
            throw new SpecException($"{folder} belongs to {found}. Wait for that run to end, or cancel it (cairn cancel). If it has "
                + $"ended, or its cluster no longer exists, delete {_path}.");
        }

        if (found is not null || owner is null)
        {
            return false;
        }

        AtomicFile.Replace(files, _path, Encoding.UTF8.GetBytes(owner + "\n"));
        files.SyncDirectory(folder);
        return true;
    }

    /// <summary>The run alone: nodes may know one cluster under different names.</summary>
    private static string Run(string owner) => owner.Split(" of ")[0];

    /// <summary>The folder is free again.</summary>
    public void Release()
    {
        if (files.FileExists(_path))
        {
            files.DeleteFile(_path);
            files.SyncDirectory(folder);
        }
    }

    private string? Read()
    {
        if (!files.FileExists(_path))
        {
            return null;
        }

        using var file = files.OpenRead(_path);
        var bytes = new byte[Math.Min(file.Length, MostBytes)];
        file.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes).TrimEnd();
    }
}
