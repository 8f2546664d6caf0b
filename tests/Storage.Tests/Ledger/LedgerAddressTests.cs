using Cairn.Storage.Ledger;
using Cairn.Storage.Ledger.Postgres;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>Addresses of ledgers are read as people write them, and shown without their secrets.</summary>
public sealed class LedgerAddressTests
{
    [Theory]
    [InlineData("sqlite:/scratch/ledger.db")]
    [InlineData("/scratch/ledger.db")]
    public void A_path_is_a_file_for_one_machine(string text)
    {
        var address = LedgerAddress.Parse(text);
        Assert.Equal(("sqlite:/scratch/ledger.db", false), (address.Shown, address.IsShared));
    }

    [Theory]
    [InlineData("postgres://me:secr%40t@db.example.org:5433/cairn?sslmode=require")]
    [InlineData("postgresql://me:secr%40t@db.example.org:5433/cairn?sslmode=require")]
    [InlineData("Host=db.example.org;Port=5433;Username=me;Password=secr@t;Database=cairn;SSL Mode=Require")]
    [InlineData("Database=cairn;Server=db.example.org;Port=5433;User Id=me;Password=secr@t;SSL Mode=Require")]
    public void A_url_or_a_connection_string_is_a_database_for_many(string text)
    {
        var address = LedgerAddress.Parse(text);
        Assert.Equal(("postgres://me@db.example.org:5433/cairn (schema cairn)", true), (address.Shown, address.IsShared));
        var settings = PostgresAddress.Parse(text).Settings;
        Assert.Equal(("secr@t", Npgsql.SslMode.Require, "cairn"), (settings.Password, settings.SslMode, settings.SearchPath));
        Assert.Equal((10, 5, "cairn"), (settings.CommandTimeout, settings.Timeout, settings.ApplicationName));
    }

    [Fact]
    public void What_is_said_goes_before_what_is_usual()
    {
        const string Text = "postgres://h/d?Command Timeout=3&search_path=mine&application_name=test&Max Auto Prepare=0";
        var said = PostgresAddress.Parse(Text).Settings;
        Assert.Equal((3, "mine", "test", 0), (said.CommandTimeout, said.SearchPath, said.ApplicationName, said.MaxAutoPrepare));
    }

    [Theory]
    [InlineData("")]
    [InlineData("sqlite:")]
    [InlineData("mysql://h/d")]
    [InlineData("postgres://me:secret@h:port/d")]
    [InlineData("postgres://me:secret@h/d?no-such-setting=1")]
    [InlineData("Host=h;Password=secret;No Such=1")]
    [InlineData("Host=h;Password=secret;Port=many")]
    public void What_cannot_be_read_is_refused_without_repeating_a_password(string text)
    {
        var refusal = Assert.Throws<SpecException>(() => LedgerAddress.Parse(text));
        Assert.Contains("postgres://USER@HOST", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }
}
