namespace Cairn.Engine.Runs;

/// <summary>What a spec that comes from elsewhere may ask for: paths below a few folders, wherever links and <c>..</c> in them lead, and
/// commands that this site allows. What is checked is what the spec keeps, so that nothing can change in between.</summary>
/// <param name="roots">Absolute folders; everything that a spec reads or writes must lie in one of them.</param>
/// <param name="rankCommands">What <c>ranks.command</c> and <c>model.python</c> may be.</param>
public sealed class SubmissionRules(IReadOnlyList<string> roots, IReadOnlyList<string> rankCommands)
{
    private readonly List<(string Given, string Real)> _roots =
        [.. roots.Select(Path.TrimEndingDirectorySeparator).Select(r => (r, RealPath.Of(r) ?? r))];
    private readonly IReadOnlyList<string> _commands = rankCommands;

    /// <summary>Those of a seed.</summary>
    public static SubmissionRules Of(SeedSettings seed) => new SubmissionRules(seed.Roots, seed.RankCommands)
    {
        AlertCommands = seed.AlertCommands, AlertWebhooks = seed.AlertWebhooks,
    };

    /// <summary>Programs that <c>deadline.command</c> may begin with.</summary>
    public IReadOnlyList<string> AlertCommands { get; init; } = [];

    /// <summary>Addresses that <c>deadline.webhook</c> may be; one that ends in a slash stands for all that begin so.</summary>
    public IReadOnlyList<string> AlertWebhooks { get; init; } = [];

    /// <summary>The path without links and <c>..</c>, by the name that its root is known by on all machines; empty, with a mistake noted,
    /// when it is relative or leads out of every root.</summary>
    internal string Confine(SettingReader reader, string key, HoconValue? value, string path, bool mayBeRoot = false)
    {
        if (!Path.IsPathRooted(path))
        {
            reader.Wrong(key, value, HoconWriter.Quote(path) + ", which is relative to nothing",
                "an absolute path: a spec that is sent has no folder of its own");
            return "";
        }
        if (RealPath.Of(path) is { } real)
        {
            foreach (var root in _roots.Where(r =>
                real.StartsWith(r.Real.TrimEnd('/') + '/', StringComparison.Ordinal) || (mayBeRoot && real == r.Real)))
            {
                return real == root.Real ? root.Given : Path.Combine(root.Given, Path.GetRelativePath(root.Real, real));
            }
        }
        reader.Wrong(key, value, HoconWriter.Quote(path) + ", which is in none of this site's folders for runs",
            _roots.Count == 0 ? "nothing: this site has no such folder"
                : "a path below " + string.Join(" or ", _roots.Select(r => r.Given)));
        return "";
    }

    /// <summary>Notes a program that this site does not allow, given or default: nodes would execute any command of it.</summary>
    internal void CheckProgram(SettingReader reader, string key, string program)
    {
        if (!_commands.Contains(program))
            reader.Wrong(key, reader.Find(key), $"{HoconWriter.Quote(program)}, which would run code of the sender",
                "a program that this site allows in seed.rank-commands (by default none)");
    }

    /// <summary>Notes an alert that this site does not allow: the seed would execute it.</summary>
    internal void CheckAlert(
        SettingReader reader, (string Key, IReadOnlyList<string> Words) command, (string Key, string? Address) webhook)
    {
        if (command.Words is [var program, ..] && !AlertCommands.Contains(program))
            reader.Wrong(command.Key, reader.Find(command.Key), $"{HoconWriter.Quote(program)}, which the seed would run",
                "a program that this site allows in seed.alert-commands, and none is by default");
        if (webhook.Address is { } address && !AlertWebhooks.Any(allowed => allowed.EndsWith('/')
            ? address.StartsWith(allowed, StringComparison.Ordinal) : address == allowed))
        {
            reader.Wrong(webhook.Key, reader.Find(webhook.Key), $"{HoconWriter.Quote(address)}, which the seed would call",
                "an address that this site allows in seed.alert-webhooks, and none is by default");
        }
    }

    /// <summary>Notes a command that this site does not allow: nodes would execute it.</summary>
    internal void CheckCommand(SettingReader reader, string key, string command)
    {
        if (reader.Find(key) is { } value && !_commands.Contains(command))
            reader.Wrong(key, value, _commands.Count == 0 ? "no such setting: this site allows no command"
                : "a command that this site allows: " + string.Join(" or ", _commands.Select(HoconWriter.Quote)));
    }
}
