using Cairn.Storage.Catalog;
using Cairn.Storage.Words;

namespace Cairn.Storage.Chm;

/// <summary>A checkpoint in CHM's format: a JSON, and the file of each rank that wrote it. Its state can be read by any other number of
/// ranks, by the numbers of their triangles.</summary>
public sealed class ChmCheckpoint
{
    private readonly IDurableFiles _files;

    internal ChmCheckpoint(IDurableFiles files, string path, ChmManifest manifest)
    {
        _files = files;
        Path = path;
        Manifest = manifest;
    }

    /// <summary>The full path of the JSON.</summary>
    public string Path { get; }

    /// <summary>What the JSON says.</summary>
    public ChmManifest Manifest { get; }

    /// <summary>Where the next step starts.</summary>
    public ChmTime Time => Manifest.Time;

    /// <summary>How many ranks wrote it.</summary>
    public int Ranks => Manifest.Ranks;

    /// <summary>Reads the JSON; the files that it names are not looked at yet.</summary>
    /// <param name="path">The JSON, under whatever name.</param>
    /// <param name="files">The file system; the machine's own when not given.</param>
    /// <exception cref="DataException">It is missing, or no JSON of a CHM checkpoint.</exception>
    public static ChmCheckpoint Open(string path, IDurableFiles? files = null)
    {
        files ??= new PosixFiles();
        var full = System.IO.Path.GetFullPath(path);
        return new ChmCheckpoint(files, full, ChmManifest.Read(BoundedFile.Read(files, full), full));
    }

    /// <summary>Refuses another number of ranks than wrote the checkpoint, as CHM does (<c>--strict-ranks</c>).</summary>
    /// <exception cref="SpecException">The numbers differ.</exception>
    public void RequireRanks(int ranks)
    {
        if (ranks != Ranks)
        {
            var saved = Count.Of(Ranks, "rank");
            throw new SpecException($"{Path} was saved by {saved}; this run has {ranks}. Run it with {saved}, or leave out "
                + "--strict-ranks: its state is then redistributed by global_id.");
        }
    }

    /// <summary>Reads every byte of every file and checks that together they are one state of one mesh.</summary>
    /// <exception cref="DataException">They are not; the message names the file and the defect.</exception>
    public ChmContents Verify()
    {
        var owners = new Dictionary<long, string>();
        var counts = new int[Ranks];
        IReadOnlyList<string>? variables = null;
        for (var rank = 0; rank < Ranks; rank++)
        {
            using var file = OpenRank(rank, out var path);
            counts[rank] = file.GlobalIds.Length;
            foreach (var id in file.GlobalIds)
            {
                if (!owners.TryAdd(id, path))
                    throw Twice(id, owners[id], path);
            }

            variables ??= file.Variables;
            RequireSame(variables, file.Variables, path);
            // What cannot be read back is found here, not at the restart.
            foreach (var name in file.Variables)
                _ = file.Read(name);
        }

        return new ChmContents(counts, variables!);
    }

    /// <summary>Reads the state of some triangles, from the files that hold them.</summary>
    /// <param name="triangles">The triangles, in the order of the requested values.</param>
    /// <param name="variables">The names of the requested arrays.</param>
    /// <param name="likely">The rank whose file most likely holds them: it is read first, the others only for missing triangles.</param>
    /// <exception cref="DataException">A file is missing, truncated or damaged, lacks a variable, or a triangle is in none or in two of
    /// those read; the message names it.</exception>
    public ChmRankState Load(ChmTriangles triangles, IReadOnlyList<string> variables, int likely = 0)
    {
        var gathering = new ChmGathering(triangles, variables);
        var first = likely >= 0 && likely < Ranks ? likely : 0;
        foreach (var rank in Enumerable.Range(0, Ranks).OrderBy(r => r != first))
        {
            if (gathering.IsComplete)
                break;

            using var file = OpenRank(rank, out var path);
            gathering.Take(file, path);
        }

        return gathering.Result(Path);
    }

    /// <summary>The triangles of all its ranks, in the order of the files.</summary>
    internal IEnumerable<long> GlobalIds()
    {
        for (var rank = 0; rank < Ranks; rank++)
        {
            using var file = OpenRank(rank, out _);
            foreach (var id in file.GlobalIds)
                yield return id;
        }
    }

    internal static DataException Twice(long id, string one, string other) => new(
        $"The triangle with global_id {id} is in {one} and in {other}; expected it in one of them. Take an older checkpoint.");

    private ChmRankFile OpenRank(int rank, out string path)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        path = ContainedPath.ResolveFile(_files, folder, Manifest.Files[rank]);
        var bytes = WholeFile.Read(_files, path, Manifest.Digests?[rank]);
        return ChmRankFile.Open(bytes, path, Time);
    }

    private static void RequireSame(IReadOnlyList<string> expected, IReadOnlyList<string> found, string path)
    {
        if (expected.Except(found).FirstOrDefault() is { } missing)
            throw new DataException($"{path} lacks the variable {missing}, which other ranks' files have.");

        if (found.Except(expected).FirstOrDefault() is { } more)
            throw new DataException($"{path} has the variable {more}, which other ranks' files lack.");
    }
}

/// <summary>What a whole checkpoint holds.</summary>
/// <param name="TrianglesOfRanks">How many triangles each rank's file holds.</param>
/// <param name="Variables">The names of the arrays.</param>
public sealed record ChmContents(IReadOnlyList<int> TrianglesOfRanks, IReadOnlyList<string> Variables)
{
    /// <summary>How many triangles all files hold.</summary>
    public long Triangles => TrianglesOfRanks.Sum(count => (long)count);

    /// <summary>Refuses the checkpoint of another mesh.</summary>
    /// <exception cref="DataException">It has another number of triangles, or lacks the state of a module.</exception>
    public void Require(long triangles, IEnumerable<string> variables, string path)
    {
        if (triangles != Triangles)
            throw new DataException($"{path} holds {Triangles} triangles; the mesh has {triangles}. It is the checkpoint of another mesh.");

        if (variables.Except(Variables).FirstOrDefault() is { } missing)
            throw new DataException($"{path} lacks the variable {missing}. It was saved by a run without that module; "
                + "its variables are: " + string.Join(", ", Variables) + ".");
    }
}
