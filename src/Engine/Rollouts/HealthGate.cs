namespace Cairn.Engine.Rollouts;

/// <summary>Keeps a poisoned state from becoming output or a session: what a restart begins from is always finite and within
/// bounds.</summary>
internal static class HealthGate
{
    private static readonly Dictionary<string, FieldBounds> NoBounds = [];

    /// <summary>Checks every member's state for NaN and infinities and, if its fields are available, those against the model's
    /// bounds.</summary>
    public static void Check(
        ModelDescription model, MemberRange batch, IReadOnlyList<int> members, TimeSpan leadTime, Tensor state, Tensor? fields)
    {
        var defects = fields is null
            ? StateHealth.Examine([StateHealth.StateVariable], state.Ranges(1), NoBounds, 0)
            : StateHealth.Examine(model, state, fields, 0);
        if (defects.Count > 0)
        {
            // Found by their position in the batch, which members may have left; messages use members of the batch's initial time.
            var failure = StateHealth.Failure([.. defects.Select(d => d with { Member = batch.MemberOf(members[d.Member]) })], leadTime);
            throw new StepException(failure.Message) { Member = members[defects[0].Member], LeadTime = leadTime };
        }
    }
}

/// <summary>Finds the member of a batch that makes a step fail, by stepping each of them alone: members do not depend on each other, and
/// the state before the step is still available.</summary>
internal static class FailingMemberSearch
{
    /// <returns>The only member at fault; null if there is none or several, or it cannot be determined.</returns>
    public static int? Find(IPrognosticModel model, Tensor? state, TimeSpan leadTime, IReadOnlyList<int> members, bool isCut)
    {
        if (members.Count == 1)
            return members[0];
        if (state is null || isCut)
            return null;
        var failing = Enumerable.Range(0, members.Count).Where(i => Fails(model, state, leadTime, i)).Take(2).ToList();
        return failing.Count == 1 ? members[failing[0]] : null;
    }

    private static bool Fails(IPrognosticModel model, Tensor state, TimeSpan leadTime, int index)
    {
        try
        {
            using var alone = state.narrow(0, index, 1);
            using var next = model.Step(alone, leadTime);
            return false;
        }
        catch (Exception e) when (TorchException.Is(e) || e is StepException)
        {
            return true;
        }
    }
}
