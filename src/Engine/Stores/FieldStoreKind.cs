namespace Cairn.Engine.Stores;

/// <summary>The kinds of field stores there are (<c>output.kind</c>): a new one is a class of its own, and a line here.</summary>
public static class FieldStoreKinds
{
    /// <summary>All of them, the usual one first.</summary>
    public static IReadOnlyList<FieldStoreKind> All { get; } =
    [
        new ZarrKind(),
        .. LoadedExtensions.Here.SelectMany(extension => extension.Kinds.Stores),
    ];

    /// <summary>The kind that a spec names.</summary>
    /// <exception cref="SpecException">There is no such kind.</exception>
    public static FieldStoreKind Of(OutputSpec output) => All.FirstOrDefault(kind => kind.Word == output.Kind) ?? throw new SpecException(
        $"output.kind {output.Kind} is unknown. Use one of {string.Join(", ", All.Select(kind => kind.Word))}.");

    /// <summary>What makes a folder a store, in words.</summary>
    internal static string Marks { get; } = string.Join(" nor ", FieldStoreKinds.All.SelectMany(kind => kind.Marks));

    /// <summary>Names of which one is in a folder as soon as a store of any kind was begun there, those of the spec's own kind first.
    /// </summary>
    internal static IReadOnlyList<string> BeginningsOf(OutputSpec output) =>
        [.. Of(output).Beginnings, .. All.SelectMany(kind => kind.Beginnings)];

    /// <summary>Whether a store is at a path.</summary>
    /// <exception cref="DataException">It is too damaged to say.</exception>
    public static bool IsStore(string path) => IsStore(path, PathFound.IsFile);

    /// <summary>The same, with the caller's test for what is a file.</summary>
    public static bool IsStore(string path, Func<string, bool> isFile) => KindAt(path, isFile) is not null;

    /// <summary>Opens a store for reading, with the layout that it has.</summary>
    /// <exception cref="DataException">There is no store, or it is damaged or not Cairn's.</exception>
    public static IFieldStore Open(IDurableFiles files, string path) => Require(files, path).OpenExisting(files, Path.GetFullPath(path));

    /// <summary>Opens a store for reading by what it says of itself.</summary>
    /// <inheritdoc cref="Open"/>
    public static StoredFields Read(IDurableFiles files, string path) => Require(files, path).Read(files, Path.GetFullPath(path));

    /// <summary>All that a store holds, to be compared.</summary>
    /// <inheritdoc cref="Open"/>
    public static StoreContents Contents(IDurableFiles files, string path) => Require(files, path).Contents(files, Path.GetFullPath(path));

    /// <summary>Which run the store at a path says that it belongs to (<see cref="FieldLayout.Run"/>); null where there is no store, or it
    /// was written for no run.</summary>
    /// <exception cref="DataException">The store is damaged.</exception>
    public static string? RunOf(IDurableFiles files, string path) => KindAt(path, files.FileExists)?.RunOf(files, Path.GetFullPath(path));

    private static FieldStoreKind Require(IDurableFiles files, string path) => KindAt(path, files.FileExists) ?? throw new DataException(
        $"{Path.GetFullPath(path)} holds no field store. Expected the output.path of a run that was started.");

    private static FieldStoreKind? KindAt(string path, Func<string, bool> isFile) =>
        FieldStoreKinds.All.FirstOrDefault(kind => kind.IsStore(path, isFile));
}

/// <summary>What a spec says of a store besides its path and what is written to it; a kind with settings has a record of its own.</summary>
public record FieldStoreSpec
{
    /// <summary>How many written lead times are read at once; times <c>output.every</c> they divide the flush interval.</summary>
    public int LeadTimesPerChunk { get; init; } = 1;

    /// <summary>How many written lead times are written at once: whole chunks.</summary>
    public virtual int LeadTimesPerFile => LeadTimesPerChunk;
}

/// <summary>A store that a run is to write.</summary>
/// <param name="Files">The file system; it fsyncs nothing where the spec asks for no durability.</param>
/// <param name="Path">Absolute path of the store.</param>
/// <param name="Layout">What it is to hold. More members or more lead times than a store on disk has let it grow.</param>
/// <param name="Spec">What the spec says of it.</param>
public sealed record FieldStoreRequest(IDurableFiles Files, string Path, FieldLayout Layout, FieldStoreSpec Spec);

/// <summary>A kind of field store: what a spec may say of it, how it is known on disk, and how it is made and opened.</summary>
/// <param name="word">Its word in a spec.</param>
/// <param name="what">What it is, in a few words.</param>
public abstract class FieldStoreKind(string word, string what)
{
    /// <summary>Its word in a spec.</summary>
    public string Word => word;

    /// <summary>What it is, in a few words.</summary>
    public string What => what;

    /// <summary>A command that shows what is in a store, whose path comes after it; null for none.</summary>
    public virtual string? OpenedBy => null;

    /// <summary>The settings that it has besides those of every store; none by default.</summary>
    public virtual IReadOnlyList<SettingSection> Sections => [];

    /// <summary>Whether it rounds values to <see cref="FieldVariable.KeepBits"/>: <c>output.keep-bits</c> is for those that do.</summary>
    public virtual bool KeepsBits => false;

    /// <summary>What a spec that says nothing of it means.</summary>
    public virtual FieldStoreSpec Usual { get; } = new();

    /// <summary>The files of which one makes a folder a store, for messages.</summary>
    public abstract IReadOnlyList<string> Marks { get; }

    /// <summary>Names of which one is in a folder as soon as a store was begun there: what <c>--fresh</c> may move aside.</summary>
    public virtual IReadOnlyList<string> Beginnings => Marks;

    /// <summary>Reads what a spec says of it.</summary>
    /// <param name="reader">The spec.</param>
    /// <param name="every">How many boundaries lie between written fields.</param>
    /// <param name="checkpoint">When sessions are committed; a file of the store has to be complete then.</param>
    public virtual FieldStoreSpec Read(SettingReader reader, int every, CheckpointSpec checkpoint) => Usual;

    /// <summary>What a store of a spec holds besides what every store does.</summary>
    public virtual FieldLayout Complete(FieldLayout layout, FieldStoreSpec spec) => layout;

    /// <summary>Whether a store of this kind is at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isFile">Whether a path is a file.</param>
    /// <exception cref="DataException">It is too damaged to say.</exception>
    public virtual bool IsStore(string path, Func<string, bool> isFile) =>
        Marks.Any(mark => isFile(System.IO.Path.Combine(path, mark)));

    /// <summary>Refuses what <see cref="Open"/> would, and touches nothing.</summary>
    /// <inheritdoc cref="Open"/>
    public abstract void Require(FieldStoreRequest request);

    /// <summary>Opens a store, making or growing it if need be; what describes it is durable when this returns.</summary>
    /// <exception cref="SpecException">The store on disk has another layout, or the folder holds something else; every difference is
    /// named.</exception>
    /// <exception cref="DataException">The store on disk is damaged.</exception>
    public abstract IFieldStore Open(FieldStoreRequest request);

    /// <summary>Opens a store that is there for reading, with the layout that it has.</summary>
    /// <exception cref="DataException">It is damaged, or not Cairn's.</exception>
    public abstract IFieldStore OpenExisting(IDurableFiles files, string path);

    /// <summary>Opens an existing store by its own metadata, for reading fields.</summary>
    /// <inheritdoc cref="OpenExisting"/>
    public virtual StoredFields Read(IDurableFiles files, string path) => StoredFields.Of(OpenExisting(files, path), path);

    /// <summary>All contents of a store, for comparing two.</summary>
    /// <inheritdoc cref="OpenExisting"/>
    public virtual StoreContents Contents(IDurableFiles files, string path) => StoreContents.Of(OpenExisting(files, path));

    /// <summary>Which run a store says that it belongs to, <see cref="FieldLayout.Run"/>.</summary>
    /// <inheritdoc cref="OpenExisting"/>
    public virtual string? RunOf(IDurableFiles files, string path) => OpenExisting(files, path).Layout.Run;

    /// <summary>A section of <c>output</c> for the settings of the kind with a word, which are read into
    /// <typeparamref name="T"/>.</summary>
    protected static SettingSection<T> SectionOf<T>(string word)
        where T : FieldStoreSpec => new("output", spec => spec.Output.Store as T, () => OutputSettings.Kind.Is(word));
}
