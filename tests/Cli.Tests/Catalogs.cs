using System.Security.Cryptography;
using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;

namespace Cairn.Cli.Tests;

[CheckpointState(Id = "tests.Wind")]
internal sealed class WindState
{
    public NdArray? U { get; set; }

    public int Step { get; set; }
}

/// <summary>A folder of its own for one test, and catalogs in it.</summary>
internal sealed class Catalogs : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("cairn-test-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public Checkpoint Open(string name, CheckpointMode mode = CheckpointMode.Append) => new("test", new CheckpointOptions
    {
        Path = Path(name), Mode = mode, Rank = 0, WorldSize = 1, Durability = CheckpointDurability.None,
    });

    /// <summary>Writes sessions of an epoch of its own, six hours apart, after what is there.</summary>
    public List<CheckpointRow> Write(
        string name, int count, bool epoch = false, Func<int, NdArray>? u = null, CheckpointMode mode = CheckpointMode.Append)
    {
        var checkpoint = Open(name, mode);
        if (epoch)
            _ = checkpoint.BeginEpoch();

        using var session = checkpoint.Open();
        var state = session.Bind(new WindState()).Value;
        var rows = new List<CheckpointRow>();
        for (var i = 0; i < count; i++)
        {
            state.Step++;
            state.U = u?.Invoke(state.Step) ?? NdArray.From([state.Step, state.Step + 0.5, 2.0 * state.Step], 3);
            var leadTime = NumpyTimeDelta64.From(state.Step * TimeSpan.FromHours(6));
            rows.Add(session.Write(new Dictionary<string, object?> { ["lead_time"] = leadTime })!);
        }

        return rows;
    }

    /// <summary>Writes sessions of several ranks: every rank its part, and the coordinator what joins them.</summary>
    public void WriteGang(string name, int ranks, int sessions)
    {
        var options = new CheckpointOptions { Path = Path(name), Mode = CheckpointMode.Append, Durability = CheckpointDurability.None };
        var catalog = new SessionCatalog(options);
        var epoch = catalog.BeginEpoch().Epoch;
        var checkpoints = Enumerable.Range(0, ranks)
            .Select(rank => new Checkpoint("test", options with { Rank = rank, WorldSize = ranks })).ToList();
        checkpoints.ForEach(checkpoint => checkpoint.JoinEpoch(epoch));
        var open = checkpoints.ConvertAll(checkpoint => checkpoint.Open(null));
        var states = open.ConvertAll(session => session.Bind(new WindState()).Value);
        for (var step = 1; step <= sessions; step++)
        {
            states.ForEach(state => (state.Step, state.U) = (step, NdArray.From([1.0 * step], 1)));
            catalog.Commit(ranks, [.. open.Select((session, rank) => RankManifest.Read(Path(name), rank, session.Write()!.CommitId))]);
        }

        open.ForEach(session => session.Dispose());
    }

    /// <summary>Flips a bit of the row's array.</summary>
    public static void Damage(CheckpointRow row)
    {
        var file = Directory.GetFiles(row.Directory, "*.npy", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>Everything below the root by name and contents.</summary>
    public string Contents() => string.Join('\n', Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(f => f + (File.Exists(f) ? " " + Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))) : "/")));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
