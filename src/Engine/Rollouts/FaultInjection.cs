using System.Diagnostics;

namespace Cairn.Engine.Rollouts;

/// <summary>Injects the faults of <c>rehearsal</c> in one rank. How often each has happened is kept on disk, before it happens, so
/// that a fault that takes the process counts as well.</summary>
internal sealed partial class FaultInjection
{
    /// <summary>Where that is kept, in the run's checkpoint folder.</summary>
    public const string FolderName = "rehearsal";

    private const int NoSpaceLeft = 28;
    private readonly List<(InjectedFault Fault, int Number)> _faults;
    private readonly IDurableFiles _files;
    private readonly string _folder;
    private readonly IReadOnlyList<int> _members;
    private readonly CancellationToken _over;

    private FaultInjection(
        List<(InjectedFault Fault, int Number)> faults, IDurableFiles files, string folder, IReadOnlyList<int> members,
        CancellationToken over) => (_faults, _files, _folder, _members, _over) = (faults, files, folder, members, over);

    public static FaultInjection? Of(RunSpec spec, IDurableFiles files, int rank, IReadOnlyList<int> members, CancellationToken over)
    {
        var faults = spec.Faults.Select((fault, number) => (fault, number))
            .Where(f => f.fault.Rank == rank && (f.fault.Member is not { } member || members.Contains(member))).ToList();
        return faults.Count == 0
            ? null
            : new FaultInjection(faults, files, Path.Combine(spec.Checkpoint.Path, FolderName), members, over);
    }

    /// <summary>Throws, hangs or ends the process where a step towards this lead time is to.</summary>
    public void BeforeStep(TimeSpan leadTime)
    {
        foreach (var (fault, _) in Due(leadTime, FaultKind.Throw, FaultKind.Hang, FaultKind.Abort, FaultKind.Kill))
        {
            switch (fault.Kind)
            {
                case FaultKind.Throw:
                    throw new StepException("rehearsal: this step throws.") { Member = fault.Member };
                case FaultKind.Hang:
                    _over.WaitHandle.WaitOne();
                    break;
                case FaultKind.Abort:
                    Abort();
                    break;
                default:
                    Process.GetCurrentProcess().Kill();
                    break;
            }
        }
    }

    /// <summary>The batch's state with a NaN in every value of the fault's member, where one is due; else null.</summary>
    public Tensor? Poison(TimeSpan leadTime, Tensor state)
    {
        foreach (var (fault, _) in Due(leadTime, FaultKind.Nan))
        {
            var values = new double[_members.Count];
            values[fault.Member is { } member ? IndexOf(member) : 0] = double.NaN;
            using var exact = Tensors.From(values, [_members.Count, .. Enumerable.Repeat(1L, state.shape.Length - 1)]);
            using var like = exact.to(state.dtype, state.device);
            return state.Plus(like);
        }
        return null;
    }

    /// <summary>Fails as on a full disk where a commit of this lead time is to.</summary>
    public void BeforeCommit(TimeSpan leadTime)
    {
        foreach (var _ in Due(leadTime, FaultKind.Commit))
            throw new DurableIOException("write", _folder, NoSpaceLeft, "rehearsal: No space left on device");
    }

    private int IndexOf(int member)
    {
        var index = 0;
        while (_members[index] != member)
            index++;
        return index;
    }

    private IEnumerable<(InjectedFault Fault, int Number)> Due(TimeSpan leadTime, params FaultKind[] kinds) =>
        _faults.Where(f => f.Fault.LeadTime == leadTime && kinds.Contains(f.Fault.Kind) && Happens(f.Fault, f.Number));

    /// <summary>Counts an occurrence; false when there have been enough.</summary>
    private bool Happens(InjectedFault fault, int number)
    {
        if (fault.Times is not { } times)
            return true;
        _ = DurableTree.CreateDirectories(_files, _folder);
        for (var i = 1; i <= times; i++)
        {
            if (Claim(string.Create(CultureInfo.InvariantCulture, $"fault-{number}-{i}")))
                return true;
        }
        return false;
    }

    private bool Claim(string name)
    {
        try
        {
            using var file = _files.Create(Path.Combine(_folder, name));
            return true;
        }
        catch (DurableIOException e) when (e.AlreadyExists)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "abort")]
    private static partial void Abort();
}
