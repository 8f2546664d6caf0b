namespace Cairn.Engine.Ranks;

/// <summary>Which threads of a process an MPI lets call it.</summary>
public enum MpiThreads
{
    /// <summary>The process must have one thread only.</summary>
    Single = 0,

    /// <summary>Only the thread that initialised it.</summary>
    Funneled = 1,

    /// <summary>Any thread, one at a time.</summary>
    Serialized = 2,

    /// <summary>Any threads at once.</summary>
    Multiple = 3,
}
