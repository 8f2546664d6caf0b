namespace Cairn.Storage.Catalog;

/// <summary>Holds every file of a commit against its manifest, reading each once; for Earth2Studio's commits, which carry no digests,
/// existence and shape.</summary>
internal sealed class CommitVerification(IDurableFiles files, Manifest manifest, VerifiedCommit? keep)
{
    private readonly ContainedTree _tree = new(files, manifest.Row.Directory);
    private readonly Dictionary<string, (NpyDType DType, IReadOnlyList<long> Shape)> _headers = [];
    private readonly HashSet<string> _read = [];
    private byte[]? _piece;

    /// <exception cref="DataException">Something does not hold; the message names the file and the defect.</exception>
    public void Run()
    {
        foreach (var stateId in manifest.States.Keys)
            VerifyState(stateId, manifest.States[stateId].Path);

        foreach (var payload in manifest.Metadata.Values)
            VerifyArrays(manifest.MetadataFolder, payload, ofState: false);

        // Files that nothing refers to were committed as well.
        foreach (var file in (manifest.Files ?? []).Where(file => _read.Add(file.Path)))
        {
            var full = _tree.ResolveFile(file.Path);
            using var stream = OpenListed(full, file.Path);
            CommitFiles.Check(manifest, full, file.Path, stream.Length, ReadThrough(stream));
        }
    }

    private void VerifyState(string stateId, string folder)
    {
        var path = folder + "/metadata.json";
        _ = _read.Add(path);
        var state = CommitFiles.ReadState(files, manifest, _tree.ResolveFile(path), path, stateId);
        keep?.Keep(state);
        foreach (var payload in state.Fields.Values)
            VerifyArrays(folder, payload, ofState: true);
    }

    private void VerifyArrays(string folder, Payload payload, bool ofState)
    {
        switch (payload)
        {
            case StoredArray stored:
                VerifyArray($"{folder}/{stored.Path}", stored, ofState);
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
                VerifyArrays(folder, item, ofState);
        }
    }

    /// <summary>Two fields may name one file: it is read once, and what both promise of it is checked.</summary>
    private void VerifyArray(string path, StoredArray stored, bool ofState)
    {
        var full = _tree.ResolveFile(path);
        if (!_headers.TryGetValue(path, out var header))
        {
            header = manifest.Files is null ? ReadHeader(full) : ReadListed(full, path, ofState ? keep : null);
            (_headers[path], _) = (header, _read.Add(path));
        }

        CommitFiles.CheckShape(full, header.DType, header.Shape, stored);
    }

    private (NpyDType DType, IReadOnlyList<long> Shape) ReadHeader(string full)
    {
        using var stream = BoundedFile.Open(files, full);
        var header = Npy.ReadHeader(stream, full);
        CheckLength(full, stream.Length, header);
        return (header.DType, header.Shape);
    }

    private (NpyDType DType, IReadOnlyList<long> Shape) ReadListed(string full, string path, VerifiedCommit? keeper)
    {
        using var stream = OpenListed(full, path);
        if (keeper is null || stream.Length > Array.MaxLength || !keeper.HasRoom(stream.Length))
        {
            var header = Npy.ReadHeader(stream, full);
            CheckLength(full, stream.Length, header);
            CommitFiles.Check(manifest, full, path, stream.Length, ReadThrough(stream));
            return (header.DType, header.Shape);
        }

        var array = Npy.Read(stream, full);
        CommitFiles.Check(manifest, full, path, stream.Length, stream.Crc);
        keeper.Keep(path, array);
        return (array.DType, array.Shape);
    }

    /// <summary>Checks the length first: a file that grew must not be read to its end for nothing.</summary>
    private DigestStream OpenListed(string full, string path)
    {
        var stream = new DigestStream(BoundedFile.Open(files, full), full);
        try
        {
            CommitFiles.CheckLength(manifest, full, path, stream.Length);
            return stream;
        }
        catch (DataException)
        {
            stream.Dispose();
            throw;
        }
    }

    private static void CheckLength(string full, long length, NpyHeader header)
    {
        if (length != header.DataOffset + header.DataBytes)
            throw new DataException($"{full} has {length} bytes; its header promises {header.DataOffset + header.DataBytes}.");
    }

    private uint ReadThrough(DigestStream stream)
    {
        _piece ??= GC.AllocateUninitializedArray<byte>(1 << 18);
        while (stream.Read(_piece) > 0) { }

        return stream.Crc;
    }
}
