using Npgsql;

namespace Cairn.Storage.Ledger.Postgres;

/// <summary>
/// A PostgreSQL database: <c>postgres://USER@HOST:PORT/DATABASE?sslmode=require</c>, or Npgsql's own <c>Host=…;Database=…</c>. The
/// password may come from PGPASSWORD or a passfile instead, and is never shown.
/// </summary>
internal sealed class PostgresAddress
{
    private const string DefaultSchema = "cairn";
    private const int SecondsToConnect = 5, SecondsToAnswer = 10, KeepAliveSeconds = 10, Statements = 60;

    private PostgresAddress(NpgsqlConnectionStringBuilder settings)
    {
        Settings = settings;
        Schema = settings.SearchPath!.Split(',')[0].Trim().Trim('"');
    }

    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>Where the tables are: the first of the search path.</summary>
    public string Schema { get; }

    /// <summary>For messages: who, where and what, and no password.</summary>
    public string Shown => $"postgres://{(Settings.Username is { } user ? $"{user}@" : "")}{Settings.Host}:{Settings.Port}/"
        + $"{Settings.Database ?? Settings.Username} (schema {Schema})";

    public static bool IsOne(string text) => text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
        || (text.Contains('=', StringComparison.Ordinal) && text.Split(';').Any(IsHost));

    /// <exception cref="SpecException">It cannot be read; the text itself, which may hold a password, is not repeated.</exception>
    public static PostgresAddress Parse(string text)
    {
        try
        {
            var isUrl = text.Contains("://", StringComparison.Ordinal);
            return new(WithDefaults(isUrl ? FromUrl(new Uri(text)) : new NpgsqlConnectionStringBuilder(text)));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new SpecException("the ledger's PostgreSQL address cannot be read (it is not shown here, for it may hold a password). "
                + "Expected postgres://USER@HOST:PORT/DATABASE, with settings of Npgsql after a ?, or Host=…;Username=…;Database=….");
        }
    }

    private static bool IsHost(string part) => part.Split('=')[0].Trim().ToLowerInvariant() is "host" or "server";

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var settings = new NpgsqlConnectionStringBuilder { Host = url.Host.Length > 0 ? Uri.UnescapeDataString(url.Host) : "localhost" };
        if (url.Port > 0)
        {
            settings.Port = url.Port;
        }

        if (url.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var password])
        {
            settings.Username = Uri.UnescapeDataString(user);
            settings.Password = password.Length > 0 ? Uri.UnescapeDataString(password[0]) : null;
        }

        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            settings.Database = Uri.UnescapeDataString(database);
        }

        foreach (var setting in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var halves = setting.Split('=', 2);
            settings[Spelled(Uri.UnescapeDataString(halves[0]))] = Uri.UnescapeDataString(halves.ElementAtOrDefault(1) ?? "");
        }

        return settings;
    }

    /// <summary>libpq's names of what is common in URLs; Npgsql knows the others by its own.</summary>
    private static string Spelled(string name) => name switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "application_name" => "Application Name",
        "connect_timeout" => "Timeout",
        "search_path" => "Search Path",
        "passfile" => "Passfile",
        _ => name,
    };

    /// <summary>
    /// What was not said: a node's leases are seconds, so that a server which does not answer must be noticed in less; and statements that
    /// come again and again are planned once.
    /// </summary>
    private static NpgsqlConnectionStringBuilder WithDefaults(NpgsqlConnectionStringBuilder settings)
    {
        Default("Host", () => settings.Host = "localhost");
        Default("Search Path", () => settings.SearchPath = DefaultSchema);
        Default("Application Name", () => settings.ApplicationName = "cairn");
        Default("Timeout", () => settings.Timeout = SecondsToConnect);
        Default("Command Timeout", () => settings.CommandTimeout = SecondsToAnswer);
        Default("Keepalive", () => settings.KeepAlive = KeepAliveSeconds);
        // No statement leaves anything behind in its connection that would have to be reset.
        Default("No Reset On Close", () => settings.NoResetOnClose = true);
        Default("Max Auto Prepare", () => settings.MaxAutoPrepare = Statements);
        Default("Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 2);
        settings.PersistSecurityInfo = false;
        return settings;

        void Default(string setting, Action set)
        {
            if (!settings.ContainsKey(setting) || settings[setting] is null or "" || !settings.ShouldSerialize(setting))
            {
                set();
            }
        }
    }
}
