using System.Security.Cryptography;
using System.Text;
using Cairn.Engine.Settings;

namespace Cairn.Api.Server;

/// <summary>The bearer token of requests. Never logged; compared in constant time.</summary>
public sealed class BearerToken
{
    /// <summary>The environment variable that replaces the token's file.</summary>
    public const string Variable = "CAIRN_TOKEN";

    private const int MinLength = 16;
    private const string Scheme = "Bearer ";
    private readonly byte[] _digest;

    private BearerToken(string token) => _digest = Digest(token);

    /// <summary>The token of a seed; null for none.</summary>
    /// <exception cref="SpecException">The token is too short, or its file cannot be read.</exception>
    public static BearerToken? Load(SeedSettings settings, Func<string, string?> environment) =>
        Load(settings.TokenFile, "seed.token-file", environment);

    /// <summary>The token from a file, otherwise from the environment; null for none.</summary>
    /// <param name="named">The file; null for none.</param>
    /// <param name="setting">The setting that names it.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="SpecException">The token is too short, or its file cannot be read.</exception>
    internal static BearerToken? Load(string? named, string setting, Func<string, string?> environment)
    {
        var (text, from) = named is { } file ? (Read(file, setting), file) : (environment(Variable)?.Trim(), $"${Variable}");
        return string.IsNullOrEmpty(text) && named is null ? null
            : text!.Length >= MinLength && text.All(c => c is > ' ' and <= '~') ? new BearerToken(text)
            : throw new SpecException(
                $"{from}: found a bearer token of {text.Length} characters. Expected one line of at least {MinLength} visible ASCII "
                + "characters, such as \"openssl rand -hex 32\" prints.");
    }

    /// <summary>Whether the value of an Authorization header contains the token.</summary>
    public bool IsIn(string? authorization) => authorization is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Digest(authorization[Scheme.Length..].Trim()), _digest);

    // Digests have one length, so the comparison does not reveal the token's length either.
    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Read(string file, string setting)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException(
                $"{setting} names {file}, which cannot be read: {e.Message} Check that it exists and is readable.", e);
        }
    }
}
