using Cairn.Storage.Durable;
using Cairn.Storage.State;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>Small whole files: never more memory than their length, and no more than a description may take.</summary>
internal static class BoundedFile
{
    private const int EIO = 5, ENXIO = 6, EINVAL = 22, ELOOP = 40;

    /// <exception cref="DataException">The file is missing, too large, unreadable or no JSON object.</exception>
    public static JObject ReadObject(IDurableFiles files, string path) => PythonJson.ReadObject(Read(files, path), path);

    public static byte[] Read(IDurableFiles files, string path)
    {
        using var stream = Open(files, path);
        if (stream.Length > PythonJson.MaxBytes)
        {
            throw new DataException($"{path} has {stream.Length} bytes; at most {PythonJson.MaxBytes} are accepted.");
        }

        var bytes = new byte[stream.Length];
        int read;
        try
        {
            read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (IOException e)
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e);
        }

        return read == bytes.Length ? bytes : throw new DataException($"{path} ends after {read} of {bytes.Length} bytes.");
    }

    /// <summary>
    /// Opens a file that a catalog refers to. A missing file, a broken sector, and a link, a pipe or a folder in the file's place are
    /// damage, to be worked around; any other failure may pass, so taking an older session because of it would be wrong.
    /// </summary>
    public static Stream Open(IDurableFiles files, string path)
    {
        try
        {
            return files.OpenRead(path);
        }
        catch (DurableIOException e) when (IsDamage(e))
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether a file that could not be looked at is damaged: trying again later would not help.</summary>
    public static bool IsDamage(DurableIOException error) => error.NotFound || error.Errno is EIO or ENXIO or EINVAL or ELOOP;

    /// <summary>Writes a new file and makes its contents durable; its name becomes so with its directory.</summary>
    public static void Write(IDurableFiles files, string path, byte[] bytes)
    {
        using var file = files.Create(path);
        file.Write(bytes);
        file.Sync();
        file.Close();
    }
}
