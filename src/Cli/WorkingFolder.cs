namespace Cairn.Cli;

/// <summary>The folder that relative paths start at.</summary>
internal static class WorkingFolder
{
    /// <summary>Why the working folder cannot be used, and what to do; null if it can.</summary>
    public static string? Defect()
    {
        try
        {
            _ = Directory.GetCurrentDirectory();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the working directory is gone, or cannot be accessed ({e.Message.TrimEnd('.')}). Change to one that exists (cd).";
        }
    }
}
