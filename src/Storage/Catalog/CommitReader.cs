namespace Cairn.Storage.Catalog;

/// <summary>Reads one commit without any C# type to bind to: its states as payload trees, its arrays one by one. Every file is checked
/// against the manifest as it is read.</summary>
public sealed class CommitReader
{
    private readonly IDurableFiles _files;
    private readonly Manifest _manifest;
    private readonly VerifiedCommit? _kept;

    internal CommitReader(IDurableFiles files, Manifest manifest, VerifiedCommit? kept = null)
    {
        _files = files;
        _manifest = manifest;
        _kept = kept;
    }

    /// <summary>The commit's row.</summary>
    public CheckpointRow Row => _manifest.Row;

    /// <summary>The states that the commit holds.</summary>
    public IReadOnlyList<string> StateIds => Row.StateIds;

    /// <summary>The files that the manifest lists with their digests; null for a commit that Earth2Studio wrote.</summary>
    public IReadOnlyList<(string Path, long Bytes)>? Files => _manifest.Files?.Select(f => (f.Path, f.Bytes)).ToList();

    /// <summary>Opens the commit of <paramref name="row"/> and reads its manifest again.</summary>
    /// <exception cref="DataException">The commit is gone or its manifest damaged.</exception>
    public static CommitReader Open(CheckpointRow row, IDurableFiles? files = null)
    {
        files ??= new PosixFiles();
        return new CommitReader(files, CommitFiles.ReadManifest(files, row.Directory, row.InFallback));
    }

    /// <summary>The payload tree of one state; its arrays stay on disk.</summary>
    /// <exception cref="DataException">The commit has no such state, or its description is damaged.</exception>
    public StatePayload State(string stateId)
    {
        var path = Folder(stateId) + "/metadata.json";
        return _kept?.State(stateId)
            ?? CommitFiles.ReadState(_files, _manifest, ContainedPath.ResolveFile(_files, Row.Directory, path), path, stateId);
    }

    /// <summary>Reads an array of a state's payload tree.</summary>
    /// <exception cref="DataException">The file is missing, damaged, or not of the dtype and shape that the payload promises.</exception>
    public NdArray Array(string stateId, StoredArray stored) =>
        Kept(stateId, stored) ?? CommitFiles.ReadArray(_files, _manifest, Folder(stateId), stored);

    /// <summary>Reads every byte and holds it against the manifest; for Earth2Studio's commits, which carry no digests, existence and
    /// shape.</summary>
    /// <exception cref="DataException">Something does not hold; the message names the file and the defect.</exception>
    public void Verify() => new CommitVerification(_files, _manifest, keep: null).Run();

    /// <summary>An array that verifying has read, given up to the caller; null when it was not kept.</summary>
    internal NdArray? Kept(string stateId, StoredArray stored)
    {
        if (_kept?.Take($"{Folder(stateId)}/{stored.Path}") is not { } array)
            return null;

        CommitFiles.CheckShape($"{Row.Directory}/{Folder(stateId)}/{stored.Path}", array.DType, array.Shape, stored);
        return array;
    }

    internal NdArray MetadataArray(StoredArray stored) => CommitFiles.ReadArray(_files, _manifest, _manifest.MetadataFolder, stored);

    internal string Folder(string stateId) => _manifest.States.TryGetValue(stateId, out var state)
        ? state.Path
        : throw new DataException($"The commit {Row.CommitId} holds no state '{stateId}'; it holds: {string.Join(", ", StateIds)}.");
}
