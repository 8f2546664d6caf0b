using System.Reflection;
using Cairn.Engine.Ranks;

namespace Cairn.Actors.Ranks;

/// <summary>The command that becomes a process of ranks: this program itself.</summary>
/// <param name="Words">Program and arguments.</param>
internal sealed record RankProgram(IReadOnlyList<string> Words)
{
    /// <summary>The CLI's command.</summary>
    public const string Command = "rank";

    private const string Program = "cairn";

    /// <summary>How to start it from this process.</summary>
    /// <exception cref="SpecException">This process is another program, and the CLI does not lie beside it.</exception>
    public static RankProgram OfThisProcess()
    {
        var entry = Assembly.GetEntryAssembly();
        if (entry?.GetName().Name == Program && Environment.ProcessPath is { } path)
        {
            return Path.GetFileNameWithoutExtension(path) == "dotnet" ? new([path, entry.Location, Command]) : new([path, Command]);
        }

        var beside = Path.Combine(AppContext.BaseDirectory, Program);
        return File.Exists(beside)
            ? new([beside, Command])
            : throw new SpecException(
                $"ranks.launcher starts the program cairn; this process is {entry?.GetName().Name ?? "another one"} and has no {beside}. "
                + "Use cairn run, or ranks.launcher = in-process.");
    }

    /// <summary>A launcher's command for a gang: words separated by spaces, without a shell.</summary>
    /// <param name="template"><c>ranks.command</c>.</param>
    /// <param name="count">The value of <c>{count}</c>.</param>
    /// <param name="findMpiexec">Finds the value of <c>{mpiexec}</c>.</param>
    public IReadOnlyList<string> Under(string template, string count, Func<string> findMpiexec) =>
    [
        .. template.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(word => word switch
        {
            "{rank}" => Words,
            Mpiexec.Placeholder => [findMpiexec()],
            _ => [word.Replace("{count}", count, StringComparison.Ordinal)],
        }),
    ];
}
