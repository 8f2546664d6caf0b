namespace Cairn.Cli;

/// <summary>Exit codes of the process.</summary>
internal static class ExitCodes
{
    /// <summary>Success.</summary>
    public const int Done = 0;

    /// <summary>The run failed, or what was checked is damaged.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or a bad spec; nothing was changed.</summary>
    public const int Usage = 2;

    /// <summary>Stopped at a boundary on request; can be resumed.</summary>
    public const int Stopped = 3;

    /// <summary>The run is complete but missed its deadline.</summary>
    public const int Late = 4;
}
