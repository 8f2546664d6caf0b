using System.CommandLine;
using Cairn.Api.Client;
using Cairn.Api.Server;
using Cairn.Engine.Settings;

namespace Cairn.Cli.Remote;

/// <summary>The seed that a command connects to, and the token.</summary>
internal sealed class SeedOptions
{
    private const string AddressVariable = "CAIRN_SEED", TokenFileVariable = "CAIRN_TOKEN_FILE";

    private readonly Option<string> _seed = new("--seed")
    {
        Description = $"The seed's address. By default ${AddressVariable}, else http://127.0.0.1:{SeedSettings.UsualPort}.",
        HelpName = "URL",
    };

    private readonly Option<string> _tokenFile = new("--token-file")
    {
        Description = $"A file with the seed's bearer token. By default ${BearerToken.Variable}, else the file ${TokenFileVariable}.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(_seed);
        command.Add(_tokenFile);
    }

    /// <summary>A client of that seed.</summary>
    /// <exception cref="SpecException">The address is not one, or the token's file cannot be read.</exception>
    public SeedClient Client(ParseResult parsed) => new(Address(parsed), Token(parsed), TimeProvider.System);

    private Uri Address(ParseResult parsed)
    {
        var text = parsed.GetValue(_seed) ?? Variable(AddressVariable) ?? $"http://127.0.0.1:{SeedSettings.UsualPort}";
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
            : throw new SpecException($"{text} is not an address of a seed; expected one such as "
                + $"http://127.0.0.1:{SeedSettings.UsualPort}.");
    }

    private string? Token(ParseResult parsed)
    {
        if ((parsed.GetValue(_tokenFile) ?? (Variable(BearerToken.Variable) is null ? Variable(TokenFileVariable) : null)) is not { } file)
            return Variable(BearerToken.Variable)?.Trim();

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SpecException($"the file of the seed's token, {file}, cannot be read: {e.Message}", e);
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
