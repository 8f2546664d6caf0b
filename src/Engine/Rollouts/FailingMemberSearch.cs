using Cairn.Engine.Models;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Finds the member of a batch that makes a step fail, by stepping each of them alone: members do not depend on each other, and the
/// state before the step is still available.
/// </summary>
internal static class FailingMemberSearch
{
    /// <returns>The only member at fault; null if there is none or several, or it cannot be determined.</returns>
    /// <param name="model">The model.</param>
    /// <param name="state">The batch's state before the step, or null.</param>
    /// <param name="leadTime">The lead time of that state.</param>
    /// <param name="members">The members along its first axis.</param>
    /// <param name="isCut">Whether a step needs other ranks, which would have to search as well.</param>
    public static int? Find(IPrognosticModel model, Tensor? state, TimeSpan leadTime, IReadOnlyList<int> members, bool isCut)
    {
        if (members.Count == 1)
        {
            return members[0];
        }

        if (state is null || isCut)
        {
            return null;
        }

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
