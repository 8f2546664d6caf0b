using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>The files of a commit on disk, none of them trusted unread.</summary>
internal static class CommitFiles
{
    /// <exception cref="DataException">The manifest is missing or damaged.</exception>
    public static Manifest ReadManifest(IDurableFiles files, string directory, bool inFallback) =>
        ParseManifest(files, directory, inFallback, BoundedFile.Read(files, Path.Combine(directory, "manifest.json")));

    /// <summary>Parses a manifest whose <paramref name="bytes"/> have been read.</summary>
    /// <exception cref="DataException">The manifest is damaged, or an array of its metadata.</exception>
    public static Manifest ParseManifest(IDurableFiles files, string directory, bool inFallback, byte[] bytes)
    {
        var map = PythonJson.ReadObject(bytes, Path.Combine(directory, "manifest.json"));
        var sealHolds = ManifestSeal.Holds(bytes);
        return Manifest.Parse(map, directory, inFallback, sealHolds, (folder, stored) => ReadPlain(files, directory, folder, stored));
    }

    /// <summary>Reads an array and checks its file against the manifest's list.</summary>
    public static NdArray ReadArray(IDurableFiles files, Manifest manifest, string folder, StoredArray stored)
    {
        var relative = $"{folder}/{stored.Path}";
        var full = ContainedPath.ResolveFile(files, manifest.Row.Directory, relative);
        using var stream = new DigestStream(BoundedFile.Open(files, full), full);
        var array = Npy.Read(stream, full);
        Check(manifest, full, relative, stream.Length, stream.Crc);
        CheckShape(full, array.DType, array.Shape, stored);
        return array;
    }

    /// <summary>Reads a state's description, whose file <paramref name="full"/> the manifest calls <paramref name="relative"/>.</summary>
    /// <exception cref="DataException">The description is missing, damaged, or of another state.</exception>
    public static StatePayload ReadState(IDurableFiles files, Manifest manifest, string full, string relative, string stateId)
    {
        var bytes = BoundedFile.Read(files, full);
        Check(manifest, full, relative, bytes.Length, Crc32C.Compute(bytes));
        var state = PayloadParser.State(PythonJson.ReadObject(bytes, full), full);
        return state.StateId == stateId
            ? state
            : throw new DataException($"{full} describes the state {state.StateId}; its manifest says {stateId}.");
    }

    /// <exception cref="DataException">The file is not the one that was committed.</exception>
    public static void Check(Manifest manifest, string full, string relative, long bytes, uint crc)
    {
        if (CheckLength(manifest, full, relative, bytes) is { } listed && listed.Crc32C != crc)
            throw new DataException($"{full} is damaged: its digest is {Crc32C.Text(crc)}, {Crc32C.Text(listed.Crc32C)} was committed.");
    }

    /// <summary>What the manifest lists of a file; null for Earth2Studio's, which list nothing.</summary>
    /// <exception cref="DataException">The file is not listed, or of another length.</exception>
    public static StagedFile? CheckLength(Manifest manifest, string full, string relative, long bytes)
    {
        if (manifest.Files is null)
            return null;

        var listed = manifest.Listed(relative)
            ?? throw new DataException($"{full} is not among the files that the manifest of {manifest.Row.CommitId} lists.");
        return listed.Bytes == bytes ? listed : throw new DataException($"{full} has {bytes} bytes; {listed.Bytes} were committed.");
    }

    private static NdArray ReadPlain(IDurableFiles files, string directory, string folder, StoredArray stored)
    {
        var full = ContainedPath.ResolveFile(files, directory, $"{folder}/{stored.Path}");
        using var stream = BoundedFile.Open(files, full);
        var array = Npy.Read(stream, full);
        CheckShape(full, array.DType, array.Shape, stored);
        return array;
    }

    /// <exception cref="CheckpointSerializationException">A file holds something else than its description promises.</exception>
    public static void CheckShape(string full, NpyDType dtype, IReadOnlyList<long> shape, StoredArray stored)
    {
        if (dtype != stored.DType || !shape.SequenceEqual(stored.Shape))
            throw new CheckpointSerializationException(
                $"{full} holds {dtype.Name}[{string.Join(", ", shape)}]; "
                + $"its description promises {stored.DType.Name}[{string.Join(", ", stored.Shape)}].");
    }
}

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
            throw new DataException($"{path} has {stream.Length} bytes; at most {PythonJson.MaxBytes} are accepted.");

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

    /// <summary>Opens a file that a catalog refers to. A missing file, a broken sector, and a link, a pipe or a folder in the file's place
    /// are damage, to be worked around; any other failure may pass, so taking an older session because of it would be wrong.</summary>
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
