using System.Security.Cryptography;
using System.Text;
using Cairn.Engine.Settings;

namespace Cairn.Api.Server;

/// <summary>What a request must carry. It is never shown, and compared in a time that tells nothing about it.</summary>
public sealed class BearerToken
{
    /// <summary>The variable that stands in for a token's file.</summary>
    public const string Variable = "CAIRN_TOKEN";

    private const int MinLength = 16;
    private const string Scheme = "Bearer ";
    private readonly byte[] _digest;

    private BearerToken(string token) => _digest = Digest(token);

    /// <summary>The token of a seed, or null for none.</summary>
    /// <exception cref="SpecException">It is too short to protect anything, or its file cannot be read.</exception>
    public static BearerToken? Load(SeedSettings settings, Func<string, string?> environment) =>
        Load(settings.TokenFile, "seed.token-file", environment);

    /// <summary>The token in a file, or else in the environment; null for none.</summary>
    /// <param name="named">The file; null for none.</param>
    /// <param name="setting">The setting that names it.</param>
    /// <param name="environment">Asks for a variable of the environment.</param>
    /// <exception cref="SpecException">It is too short to protect anything, or its file cannot be read.</exception>
    internal static BearerToken? Load(string? named, string setting, Func<string, string?> environment)
    {
        var (text, from) = named is { } file ? (Read(file, setting), file) : (environment(Variable)?.Trim(), $"${Variable}");
        return string.IsNullOrEmpty(text) && named is null ? null
            : text!.Length >= MinLength && text.All(c => c is > ' ' and <= '~') ? new BearerToken(text)
            : throw new SpecException(
                $"{from}: found a bearer token of {text.Length} characters. Expected one line of at least {MinLength} visible ASCII "
                + "characters, such as \"openssl rand -hex 32\" prints.");
    }

    /// <summary>Whether the value of an Authorization header carries the token.</summary>
    public bool IsIn(string? authorization) => authorization is not null
        && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Digest(authorization[Scheme.Length..].Trim()), _digest);

    // Digests have one length, so that the comparison does not tell the token's either.
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
