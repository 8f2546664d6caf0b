namespace Cairn.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The run failed, or what was checked is damaged.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or a bad spec; nothing was changed.</summary>
    public const int Usage = 2;

    /// <summary>Stopped at a boundary on request, and resumable.</summary>
    public const int Stopped = 3;

    /// <summary>The run is complete, and missed its deadline.</summary>
    public const int Late = 4;
}
