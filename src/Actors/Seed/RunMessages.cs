using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Seed;

/// <summary>
/// Submits a run. The registry answers <see cref="RunAccepted"/> and, when the run has ended, <see cref="RunFinished"/>; or
/// <see cref="RunRefused"/>.
/// </summary>
/// <param name="Spec">The run.</param>
/// <param name="Options">How it is carried out.</param>
/// <param name="Observer">Is told what happens, from several threads.</param>
public sealed record SubmitRun(RunSpec Spec, RunOptions Options, IRunObserver Observer);

/// <summary>A run is under way.</summary>
/// <param name="Id">What to call it in commands.</param>
public sealed record RunAccepted(string Id);

/// <summary>A run cannot be taken up; nothing of it was begun here.</summary>
/// <param name="Error">Why.</param>
public sealed record RunRefused(Exception Error);

/// <summary>A run has ended, well or not.</summary>
/// <param name="Id">The run.</param>
/// <param name="Result">How; null when it could not even be ended in order.</param>
/// <param name="Error">What came in between then.</param>
public sealed record RunFinished(string Id, RunResult? Result, Exception? Error);

/// <summary>Halts a run at the next boundary of each batch; all is durable then, and the same spec goes on from there.</summary>
/// <param name="Id">The run.</param>
public sealed record StopRun(string Id);

/// <summary>Lets a run wait at the next boundary of each batch.</summary>
/// <param name="Id">The run.</param>
public sealed record PauseRun(string Id);

/// <summary>Lets a run that waits go on.</summary>
/// <param name="Id">The run.</param>
public sealed record ResumeRun(string Id);

/// <summary>Makes a run commit at the next boundary of each batch.</summary>
/// <param name="Id">The run.</param>
public sealed record CommitRun(string Id);

/// <summary>Answers a command about a run that is not under way.</summary>
/// <param name="Id">The run that was named.</param>
public sealed record NoSuchRun(string Id);

/// <summary>Answers a command about a run: its batches have been told.</summary>
/// <param name="Id">The run.</param>
public sealed record RunTold(string Id);
