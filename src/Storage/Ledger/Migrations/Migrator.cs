using System.Globalization;
using Cairn.Storage.Ledger.Sql;

namespace Cairn.Storage.Ledger.Migrations;

/// <summary>Brings a database to this program's version: each numbered migration is applied once, all of them under one lock.</summary>
internal static class Migrator
{
    /// <param name="session">A transaction that holds the lock for migrations.</param>
    /// <param name="scripts">The scripts, migrations among them.</param>
    /// <param name="database">The database, for messages.</param>
    /// <exception cref="SpecException">A newer program has been here.</exception>
    public static async Task ApplyAsync(SqlSession session, SqlScripts scripts, string database)
    {
        await session.ExecuteAsync("schema-versions").ConfigureAwait(false);
        var found = await session.FirstAsync<long>("schema-version").ConfigureAwait(false);
        var known = scripts.Migrations.Select(m => (Name: m, Version: VersionOf(m))).ToList();
        var newest = known[^1].Version;
        if (found > newest)
        {
            throw new SpecException($"{database} has version {found} of the ledger's tables, and this program knows versions up to "
                + $"{newest}: a newer Cairn has used it. Start that one, or give this one a database of its own.");
        }

        foreach (var (name, version) in known.Where(m => m.Version > found))
        {
            await session.ExecuteAsync(name).ConfigureAwait(false);
            await session.ExecuteAsync("schema-enter", new { version, name }).ConfigureAwait(false);
        }
    }

    private static long VersionOf(string migration) => long.Parse(migration.Split('-')[0], CultureInfo.InvariantCulture);
}
