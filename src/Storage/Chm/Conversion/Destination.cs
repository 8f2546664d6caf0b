using System.Security.Cryptography;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Chm.Conversion;

/// <summary>A folder that appears whole under its name, or not at all.</summary>
internal static class Destination
{
    /// <summary>Lets <paramref name="write"/> fill a folder beside the destination, makes it durable and renames it there.</summary>
    /// <exception cref="SpecException">There is something at the destination.</exception>
    public static T Make<T>(IDurableFiles files, string destination, Func<string, T> write)
    {
        var target = Path.GetFullPath(destination).TrimEnd('/');
        if (files.FileExists(target) || files.List(target).Count > 0)
        {
            throw new SpecException(
                $"{target} exists already and is not empty. Name a folder that does not exist yet; nothing was written.");
        }

        var parent = Path.GetDirectoryName(target) ?? throw new SpecException($"{destination} cannot become a folder of checkpoints.");
        _ = DurableTree.CreateDirectories(files, parent);
        var staging = Path.Combine(parent, $".tmp_export_{RandomNumberGenerator.GetHexString(12, lowercase: true)}");
        var renamed = false;
        try
        {
            var result = write(staging);
            DurableTree.SyncTree(files, staging);
            // An empty directory gives way to a rename; one that was filled meanwhile does not.
            files.Rename(staging, target);
            renamed = true;
            Ancestors.Sync(files, target);
            return result;
        }
        finally
        {
            if (!renamed)
            {
                _ = DurableTree.DeleteTree(files, staging);
            }
        }
    }
}
