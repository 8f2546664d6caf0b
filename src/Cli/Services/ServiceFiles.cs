using System.CommandLine;
using Cairn.Engine.Settings;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Services;

/// <summary>A service's settings: a file, overridden by the command line.</summary>
internal sealed class ServiceFiles
{
    private readonly Option<string> _config;
    private readonly Option<string[]> _set = SetOption.Create();

    private readonly string _usual;

    /// <param name="name">The service's file among the configuration files that come with the program: <c>seed.conf</c>, …</param>
    public ServiceFiles(string name)
    {
        _usual = Path.Combine(AppContext.BaseDirectory, "hocon", name);
        _config = new Option<string>("--config")
        {
            Description = $"The settings, a HOCON file. By default hocon/{name}; hocon/reference.conf lists every setting.",
            HelpName = "FILE",
        };
    }

    public void AddTo(Command command)
    {
        command.Add(_config);
        command.Add(_set);
    }

    /// <summary>Reads the settings that a command line asks for.</summary>
    /// <exception cref="SpecException">They have mistakes.</exception>
    public ServiceSettings Read(ParseResult parsed) => ServiceSettings.Read(
        parsed.GetValue(_config) ?? (PathFound.IsFile(_usual) ? _usual : null), parsed.GetValue(_set) ?? [],
        Environment.GetEnvironmentVariable);
}
