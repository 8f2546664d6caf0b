namespace Cairn.Engine.Rollouts;

/// <summary>
/// What the thread that steps a rank asks its gang, and tells it, at boundaries. Ranks of one gang are given the same answers, so that
/// they halt and commit at the same boundaries.
/// </summary>
internal interface IBoundaryControl
{
    /// <summary>Blocks while the rank may not step beyond a boundary. False asks it to halt there.</summary>
    /// <exception cref="TransientException">The gang is over.</exception>
    bool MayStep(int boundary);

    /// <summary>Whether all ranks commit at this boundary, though the flush interval does not ask for it.</summary>
    bool CommitsAt(int boundary);

    /// <summary>The rank begins a commit; all ranks begin the same ones.</summary>
    void Committing(int boundary);

    /// <summary>
    /// Blocks until what this rank has staged became a session or was given up. Returns the boundary of the gang's newest session, or -1;
    /// null where a rank's own commits are all there is.
    /// </summary>
    /// <exception cref="TransientException">The gang is over.</exception>
    int? AwaitVerdict();

    /// <summary>A boundary is done: its fields are handed over, and its commit, if one was due, is under way.</summary>
    /// <param name="boundary">The boundary.</param>
    /// <param name="leadTime">Its lead time.</param>
    /// <param name="steps">Model steps of this rank so far.</param>
    void Reached(int boundary, TimeSpan leadTime, long steps);

    /// <summary>The session has thrown what an earlier commit met.</summary>
    /// <returns>Whether the gang knows of it, and goes on to commit at a later boundary; else it is thrown.</returns>
    bool CanGoOnAfter(TransientException failure);

    /// <summary>Something that a user should know.</summary>
    void Warn(string text);
}
