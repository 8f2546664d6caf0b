using Cairn.Storage.Durable;
using Cairn.Storage.Tests.Durable;
using Xunit.Abstractions;

namespace Cairn.Storage.Tests.Faults;

/// <summary>Each call of a scenario fails in turn: with an I/O error, with a full disk, after half a write, or after it took effect all the
/// same. Nothing is reported that a crash could take, no failed fsync is asked for again, and the next attempt, under a new name,
/// succeeds.</summary>
public sealed class FailedCallTests(ITestOutputHelper log)
{
    private const int Seed = 20261124;

    public static TheoryData<string> Names => CrashSweepTests.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_of_failing_calls_breaks_no_promise(string scenario) =>
        Fail(scenario, CrashSweepTests.Named(scenario) is GangScenario or RelayScenario ? 29 : 7, states: 0);

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Category", "Soak")]
    public void Every_failing_call_breaks_no_promise(string scenario) => Fail(scenario, stride: 1, states: 4);

    private void Fail(string name, int stride, int states)
    {
        var scenario = CrashSweepTests.Named(name);
        var calls = Calls(scenario);
        var (failures, refused) = (0, 0);
        for (var call = 0; call < calls.Count; call += stride)
        {
            foreach (var fault in Faults(calls[call], call + 1))
            {
                failures++;
                refused += Violation(scenario, fault, states, out var violation) ? 1 : 0;
                Assert.True(violation is null, $"{name}, call {call + 1} of {calls.Count} ({calls[call]}), {fault}: {violation}");
            }
        }

        log.WriteLine($"{name}: {calls.Count} calls, {failures} failures, {refused} of them thrown to the caller, the others warned of");
        Assert.True(refused > 0, "No failure was ever reported.");
    }

    private static IReadOnlyList<FileOperation> Calls(FaultScenario scenario)
    {
        var told = new Told();
        var files = scenario.Prepare(told);
        scenario.Run(files, told);
        return files.Operations;
    }

    private static IEnumerable<Fault> Faults(FileOperation operation, int nth)
    {
        yield return new Fault(nth, Fault.EIO);
        yield return new Fault(nth, Fault.ENOSPC);
        if (operation.Call == "write")
            yield return new Fault(nth, Fault.ENOSPC, Effect: FaultEffect.Partial);
        else if (operation.Call is "rename" or "link")
            yield return new Fault(nth, Fault.EIO, Effect: FaultEffect.Full);
    }

    /// <summary>Whether the caller was told, and what is wrong.</summary>
    private static bool Violation(FaultScenario scenario, Fault fault, int states, out string? violation)
    {
        var told = new Told();
        var files = scenario.Prepare(told);
        files.Plant(fault);
        var refused = false;
        try
        {
            scenario.Run(files, told);
        }
        catch (CairnException)
        {
            // The older sessions are still there; the attempt itself is not, or is whole.
            refused = true;
        }

        told.IndexLags = !refused;
        violation = SecondFsync(files.Operations, fault.Nth - 1);
        foreach (var after in files.CrashStates(states, Seed).Prepend(files.Snapshot()))
            violation ??= scenario.Violation(after, told);

        return refused;
    }

    /// <summary>A second fsync of a file after a failed one may return success for pages that the kernel has dropped. A directory is
    /// fsynced again by a later attempt, which has changed it anew; the attempt that failed must not ask again, and a new one begins by
    /// making something.</summary>
    private static string? SecondFsync(IReadOnlyList<FileOperation> operations, int failed)
    {
        var (call, path, _) = operations[failed];
        var rest = operations.Skip(failed + 1).TakeWhile(o => o.Call is not ("open" or "mkdir"));
        var again = rest.Any(o => o.Call == "fsync" && o.Path == path);
        return call == "fsync" && again ? $"{path} was fsynced again" : null;
    }
}
