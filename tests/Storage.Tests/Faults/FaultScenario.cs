using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Faults;

/// <summary>What the code under test has told its user: the last boundary reported, and the last one begun.</summary>
internal sealed class Told
{
    public int Reported { get; set; }
    public int Begun { get; set; }

    /// <summary>Which process this is; each start of a program takes the next.</summary>
    public int Process { get; set; } = 1;

    /// <summary>The index could not be rebuilt after a commit, which was warned of; the next commit rebuilds it.</summary>
    public bool IndexLags { get; set; }

    /// <summary>What Earth2Studio must see at least.</summary>
    public int Listed => IndexLags ? 0 : Reported;

    /// <summary>The highest epoch that a process was told it holds.</summary>
    public int Epoch { get; private set; }

    public Told Copy() => new() { Reported = Reported, Begun = Begun, Process = Process, Epoch = Epoch, IndexLags = IndexLags };

    /// <exception cref="ViolationException">The number was given before.</exception>
    public void BeginEpoch(int epoch)
    {
        ViolationException.ThrowIf(epoch <= Epoch, $"epoch {epoch} was begun after epoch {Epoch}");
        Epoch = epoch;
    }

    public override string ToString() => $"reported {Reported}, begun {Begun}, epoch {Epoch}";
}

/// <summary>A promise was broken.</summary>
internal sealed class ViolationException(string message) : Exception(message)
{
    public static void ThrowIf(bool broken, string message)
    {
        if (broken)
            throw new ViolationException(message);
    }
}

/// <summary>A small program over storage, with an oracle. The sweeps put faults into each of its calls; what must hold then is the same for
/// all of them, so it is told once, here.</summary>
internal abstract class FaultScenario
{
    /// <summary>For the names of test cases.</summary>
    public abstract override string ToString();

    /// <summary>The disk on which <see cref="Run"/> begins, all of it durable.</summary>
    public virtual RecordingFiles Prepare(Told told) => new();

    /// <summary>What faults are put into. Notes in <paramref name="told"/> what it begins, and what was reported to it.</summary>
    public abstract void Run(IDurableFiles files, Told told);

    /// <summary>A new process finds the disk, restores, checks what it restored against <paramref name="told"/>, and goes on.</summary>
    /// <exception cref="ViolationException">What was reported is not there, or what is there has other values.</exception>
    public abstract void Resume(IDurableFiles files, Told told);

    /// <summary>What holds of a disk before anybody has written to it again.</summary>
    /// <exception cref="ViolationException">It does not.</exception>
    public abstract void Inspect(RecordingFiles files, Told told);

    /// <summary>Both, and once more: what the next process has reported must hold as well.</summary>
    public void Check(RecordingFiles files, Told told)
    {
        var now = told.Copy();
        Inspect(files, now);
        Resume(files, now);
        now.IndexLags = false;
        Inspect(files, now);
    }

    /// <summary>Whether <see cref="Check"/> holds, as a sentence; null when it does.</summary>
    public string? Violation(RecordingFiles files, Told told)
    {
        try
        {
            Check(files, told);
            return null;
        }
        catch (Exception e) when (e is ViolationException or CairnException)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    /// <summary>A record gets its name only when its bytes are durable, so that whatever has the name is whole.</summary>
    protected static void RequireWholeEpochs(IDurableFiles files, string root) => new EpochStore(files, root, () => "none").Read(
        warning => ViolationException.ThrowIf(true, $"the record of an epoch does not hold: {warning}"));
}
