using Cairn.Actors.Runs;

namespace Cairn.Api;

/// <summary>The orders to a run, by their names in the API's paths and in lines to a local run.</summary>
public static class RunOrders
{
    /// <summary>Name, purpose, and the message to the registry.</summary>
    public static IReadOnlyList<(string Name, string Purpose, Func<string, object> Message)> All { get; } =
    [
        ("cancel", "Stop a run at its next boundaries", id => new CancelRun(id)),
        ("retry", "Try again the batches of a run that failed or were cancelled", id => new RetryRun(id)),
        ("pause", "Make a run wait at the next boundaries of its batches", id => new PauseRun(id)),
        ("resume", "Let a paused run continue", id => new ResumeRun(id)),
        ("commit", "Make the active batches of a run commit at their next boundaries", id => new CommitRun(id)),
    ];

    /// <summary>The orders that make sense for a run whose process ends with it.</summary>
    public static IReadOnlyList<(string Name, string Purpose, Func<string, object> Message)> WhileItRuns { get; } =
        [.. All.Where(o => o.Name != "retry")];

    /// <summary>The message of an order; null for an unknown name.</summary>
    public static object? Message(string name, string id) => All.FirstOrDefault(o => o.Name == name).Message?.Invoke(id);
}
