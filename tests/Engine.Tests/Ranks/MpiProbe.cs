using System.Runtime.InteropServices;

namespace Cairn.Engine.Tests.Ranks;

/// <summary>The entry point of this assembly as one rank under <c>mpiexec</c>. What it works out goes to files that a test
/// compares.</summary>
internal static class MpiProbe
{
    public const int Steps = 4;

    public static int Main(string[] args)
    {
        if (args is not [var what, var directory])
        {
            Console.Error.WriteLine("Usage: (tell|cut|more|less|peer-more|peer-less|abort|throw) DIRECTORY");
            return 2;
        }
        return what switch
        {
            "tell" => Tell(),
            "cut" => Cut(directory),
            "more" => Disagree(directory, 12),
            "less" => Disagree(directory, 4),
            "peer-more" => DisagreeAsPeers(directory, 12),
            "peer-less" => DisagreeAsPeers(directory, 4),
            "abort" => Fail(() => MpiCommunicator.Abort(7)),
            _ => Fail(() => throw new StepException("rank 1 cannot go on")),
        };
    }

    /// <summary>Models, element types and seeds: each seed has a scheme and a size of its own.</summary>
    public static IEnumerable<(string Kind, ScalarType DType, int Seed)> Cases() =>
        CutModels.Cases([1, 2, 3]);

    public static string StateFile((string Kind, ScalarType DType, int Seed) of, int rank) => Name(of, $"state{rank}");
    public static string FieldsFile((string Kind, ScalarType DType, int Seed) of) => Name(of, "fields");

    private static int Tell()
    {
        try
        {
            Console.WriteLine(MpiLibrary.Version);
            return 0;
        }
        catch (SpecException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    private static int Cut(string directory)
    {
        using var ranks = MpiCommunicator.Open();
        Say(ranks, $"{ranks.Size} ranks on {MpiLibrary.Version.Split('\n')[0]}, threads {MpiCommunicator.Threads}");
        Say(ranks, RoundTheRing(ranks) ? "the ring holds" : "the ring is broken");
        var peersHear = AllGood(ranks, Enumerable.Range(0, 200).All(seed => PeerTalk.Holds(ranks, seed)));
        Say(ranks, peersHear ? "peers hear each other" : "peers do not hear each other");
        foreach (var one in Cases())
        {
            using var model = CutModels.Make(one.Kind, one.DType, one.Seed);
            var (state, fields) = CutModels.Run(model, ranks, one.Seed, Steps);
            File.WriteAllBytes(Path.Combine(directory, StateFile(one, ranks.Rank)), state);
            if (ranks.Rank == 0)
                File.WriteAllBytes(Path.Combine(directory, FieldsFile(one)), MemoryMarshal.AsBytes(fields.AsSpan()).ToArray());
        }
        MpiCommunicator.Complete();
        return 0;
    }

    /// <summary>Lengths from nothing to beyond what MPI sends at once, each byte known beforehand; all ranks tell rank 0.</summary>
    private static bool RoundTheRing(MpiCommunicator ranks)
    {
        var good = true;
        var (previous, next) = ((ranks.Rank + ranks.Size - 1) % ranks.Size, (ranks.Rank + 1) % ranks.Size);
        foreach (var (down, up) in new[] { (0, 0), (0, 5), (7, 0), (1440, 1440), (100_000, 1), (300_000, 300_001) })
        {
            var (fromPrevious, fromNext) = (new byte[up], new byte[down]);
            ranks.Exchange(Says(ranks.Rank, down, 1), fromPrevious, Says(ranks.Rank, up, 2), fromNext);
            good &= fromPrevious.AsSpan().SequenceEqual(Says(previous, up, 2)) && fromNext.AsSpan().SequenceEqual(Says(next, down, 1));
        }
        return AllGood(ranks, good);
    }

    /// <summary>Rank 0 hears of all.</summary>
    private static bool AllGood(MpiCommunicator ranks, bool good)
    {
        int[] counts = [.. Enumerable.Repeat(1, ranks.Size)];
        var all = new byte[ranks.Rank == 0 ? ranks.Size : 0];
        ranks.Gather([good ? (byte)1 : (byte)0], all, counts);
        return all.All(said => said == 1);
    }

    /// <summary>Rank 1 sends another number of bytes to the next rank than that one expects, which tells and then ends the gang.</summary>
    private static int Disagree(string directory, int sent)
    {
        using var ranks = MpiCommunicator.Open();
        try
        {
            ranks.Exchange(new byte[8], new byte[8], new byte[ranks.Rank == 1 ? sent : 8], new byte[8]);
        }
        catch (SpecException e)
        {
            File.WriteAllText(Path.Combine(directory, "refused"), $"rank {ranks.Rank}: {e.Message}");
            MpiCommunicator.Abort(3);
        }
        ranks.Exchange(new byte[8], new byte[8], new byte[8], new byte[8]);
        return 0;
    }

    /// <summary>Rank 1 sends another number of bytes to rank 2 than that one expects.</summary>
    private static int DisagreeAsPeers(string directory, int sent)
    {
        using var ranks = MpiCommunicator.Open();
        var peers = new List<PeerBytes>();
        foreach (var peer in Enumerable.Range(0, ranks.Size).Where(peer => peer != ranks.Rank))
            peers.Add(new PeerBytes(peer, 0, ranks.Rank == 1 && peer == 2 ? sent : 8, 12 * peer, 8));
        try
        {
            ranks.Exchange([.. peers], new byte[12], new byte[12 * ranks.Size]);
        }
        catch (SpecException e)
        {
            File.WriteAllText(Path.Combine(directory, "refused"), $"rank {ranks.Rank}: {e.Message}");
            MpiCommunicator.Abort(3);
        }
        ranks.Exchange(new byte[8], new byte[8], new byte[8], new byte[8]);
        return 0;
    }

    private static int Fail(Action how)
    {
        using var ranks = MpiCommunicator.Open();
        if (ranks.Rank == 1)
            how();
        ranks.Exchange(new byte[8], new byte[8], new byte[8], new byte[8]);
        return 0;
    }

    private static byte[] Says(int rank, int bytes, int direction) =>
        [.. Enumerable.Range(0, bytes).Select(i => (byte)((rank * 31) + (i * 5) + direction))];

    private static void Say(MpiCommunicator ranks, string text)
    {
        if (ranks.Rank == 0)
            Console.WriteLine(text);
    }

    private static string Name((string Kind, ScalarType DType, int Seed) of, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{of.Kind}-{of.DType.Name()}-{of.Seed}.{what}");
}
