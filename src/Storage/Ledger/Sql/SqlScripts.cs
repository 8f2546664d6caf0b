using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Cairn.Storage.Ledger.Sql;

/// <summary>
/// The statements of the ledger, from the <c>.sql</c> files of this assembly, by their names: <c>claim.postgres.sql</c> where the databases
/// differ, <c>batches.sql</c> where they do not.
/// </summary>
internal sealed partial class SqlScripts
{
    private readonly FrozenDictionary<string, string> _texts;

    /// <param name="database">The middle of the names of files that are for one database alone.</param>
    /// <param name="hasRowLocks">
    /// Whether comments such as <c>/*for update*/</c> are meant. A database with one writer at a time needs no locks on rows.
    /// </param>
    public SqlScripts(string database, bool hasRowLocks)
    {
        var ending = $".{database}.sql";
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Files())
        {
            var parts = file.Split('.');
            if (parts.Length == 2 || file.EndsWith(ending, StringComparison.Ordinal))
            {
                texts[parts[0]] = hasRowLocks ? Locks().Replace(Read(file), "$1") : Read(file);
            }
        }

        _texts = texts.ToFrozenDictionary(StringComparer.Ordinal);
        Migrations = [.. _texts.Keys.Where(k => char.IsAsciiDigit(k[0])).Order(StringComparer.Ordinal)];
    }

    /// <summary>The migrations in their order; the number that each name begins with is the version that it leads to.</summary>
    public IReadOnlyList<string> Migrations { get; }

    /// <summary>The text of a statement.</summary>
    public string this[string name] => _texts[name];

    private static IEnumerable<string> Files() => typeof(SqlScripts).Assembly.GetManifestResourceNames()
        .Where(n => n.EndsWith(".sql", StringComparison.Ordinal));

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(SqlScripts).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"/\*((?:for|lock) [^*]+)\*/")]
    private static partial Regex Locks();
}
