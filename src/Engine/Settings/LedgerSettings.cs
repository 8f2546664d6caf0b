using Cairn.Engine.Runs;

namespace Cairn.Engine.Settings;

/// <summary>Where the ledger is.</summary>
/// <param name="Address">
/// The path of a SQLite file, or what a PostgreSQL server is reached by: <c>postgres://USER@HOST/DATABASE</c> or
/// <c>Host=…;Database=…</c>.
/// </param>
public sealed record LedgerSettings(string Address)
{
    internal static IReadOnlyList<SpecSetting> Names { get; } = [new("ledger.address")];

    internal static LedgerSettings Read(SettingReader reader, Func<string, string?> environment)
    {
        const string expected = "the path of a SQLite file or the address of a PostgreSQL server; empty for SQLite in the state folder";
        var address = reader.Find("ledger.address") is Hocon.Values.HoconScalar { Text: "" }
            ? "" : reader.Text("ledger.address", "", false, expected, _ => true);
        return new LedgerSettings(address.Length > 0 ? address : Path.Combine(StateFolder(environment), "ledger.db"));
    }

    /// <summary>Where this user's programs keep what outlives them, by the XDG base directory specification.</summary>
    private static string StateFolder(Func<string, string?> environment) =>
        environment("CAIRN_STATE") is { Length: > 0 } state ? state
        : environment("XDG_STATE_HOME") is { Length: > 0 } home ? Path.Combine(home, "cairn")
        : Path.Combine(environment("HOME") ?? "/", ".local", "state", "cairn");
}
