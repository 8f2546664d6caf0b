namespace Cairn.Engine.Processes;

/// <summary>Finds programs as a shell does.</summary>
internal static class ProgramPath
{
    /// <summary>
    /// The file of a program: itself, if a folder is named, or in the first folder of <c>PATH</c> that has it; null for none.
    /// </summary>
    public static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) ? program : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
