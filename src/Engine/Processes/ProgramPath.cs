namespace Cairn.Engine.Processes;

/// <summary>Finds programs as a shell does.</summary>
internal static class ProgramPath
{
    /// <summary>The folders of <c>PATH</c>, with colons between them.</summary>
    public static string Folders => Environment.GetEnvironmentVariable("PATH") ?? "";

    /// <summary>
    /// The file of a program: itself, if a folder is named, or in the first folder of <c>PATH</c> that has it; null for none.
    /// </summary>
    public static string? Find(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program) ? program : null
        : Files(Folders, program).FirstOrDefault();

    /// <summary>The files of any of these names, folder by folder.</summary>
    /// <param name="folders">As <see cref="Folders"/>.</param>
    /// <param name="names">The names; within a folder the first comes first.</param>
    public static IEnumerable<string> Files(string folders, params IReadOnlyList<string> names) =>
        folders.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name))).Where(File.Exists);
}
