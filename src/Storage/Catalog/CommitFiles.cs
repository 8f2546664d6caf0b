using Cairn.Storage.Arrays;
using Cairn.Storage.Durable;
using Cairn.Storage.State;

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

    /// <exception cref="DataException">The file is not the one that was committed.</exception>
    public static void Check(Manifest manifest, string full, string relative, long bytes, uint crc)
    {
        if (manifest.Files is null)
        {
            return;
        }

        var listed = manifest.Files.FirstOrDefault(f => string.Equals(f.Path, relative, StringComparison.Ordinal))
            ?? throw new DataException($"{full} is not among the files that the manifest of {manifest.Row.CommitId} lists.");
        if (listed.Bytes != bytes)
        {
            throw new DataException($"{full} has {bytes} bytes; {listed.Bytes} were committed.");
        }

        if (listed.Crc32C != crc)
        {
            throw new DataException($"{full} is damaged: its digest is {Crc32C.Text(crc)}, {Crc32C.Text(listed.Crc32C)} was committed.");
        }
    }

    public static void Verify(IDurableFiles files, Manifest manifest, CommitReader reader)
    {
        foreach (var file in manifest.Files ?? [])
        {
            var full = ContainedPath.ResolveFile(files, manifest.Row.Directory, file.Path);
            using var stream = new DigestStream(BoundedFile.Open(files, full), full);
            // The length first: a file that grew must not be read to its end for nothing.
            var crc = stream.Length == file.Bytes ? ReadThrough(stream) : 0;
            Check(manifest, full, file.Path, stream.Length, crc);
        }

        foreach (var payload in reader.MetadataPayloads.Values)
        {
            VerifyArrays(files, manifest, manifest.MetadataFolder, payload);
        }

        foreach (var stateId in reader.StateIds)
        {
            foreach (var payload in reader.State(stateId).Fields.Values)
            {
                VerifyArrays(files, manifest, reader.Folder(stateId), payload);
            }
        }
    }

    private static void VerifyArrays(IDurableFiles files, Manifest manifest, string folder, Payload payload)
    {
        switch (payload)
        {
            case StoredArray stored:
                VerifyHeader(files, manifest, $"{folder}/{stored.Path}", stored);
                break;
            case SequencePayload sequence:
                VerifyAll(sequence.Items);
                break;
            case DictPayload map:
                VerifyAll(map.Items.Values);
                break;
            case DataclassPayload nested:
                VerifyAll(nested.Fields.Values);
                break;
        }

        void VerifyAll(IEnumerable<Payload> items)
        {
            foreach (var item in items)
            {
                VerifyArrays(files, manifest, folder, item);
            }
        }
    }

    private static void VerifyHeader(IDurableFiles files, Manifest manifest, string relative, StoredArray stored)
    {
        if (manifest.Files?.All(f => !string.Equals(f.Path, relative, StringComparison.Ordinal)) ?? false)
        {
            throw new DataException($"{relative} is not among the files that the manifest of {manifest.Row.CommitId} lists.");
        }

        var full = ContainedPath.ResolveFile(files, manifest.Row.Directory, relative);
        using var stream = BoundedFile.Open(files, full);
        var header = Npy.ReadHeader(stream, full);
        CheckShape(full, header.DType, header.Shape, stored);
        if (stream.Length != header.DataOffset + header.DataBytes)
        {
            throw new DataException($"{full} has {stream.Length} bytes; its header promises {header.DataOffset + header.DataBytes}.");
        }
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
        {
            throw new CheckpointSerializationException(
                $"{full} holds {dtype.Name}[{string.Join(", ", shape)}]; "
                + $"its description promises {stored.DType.Name}[{string.Join(", ", stored.Shape)}].");
        }
    }

    private static uint ReadThrough(DigestStream stream)
    {
        var buffer = new byte[1 << 18];
        while (stream.Read(buffer) > 0)
        {
        }

        return stream.Crc;
    }
}
