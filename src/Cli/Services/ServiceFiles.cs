using System.CommandLine;
using Cairn.Engine.Settings;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Services;

/// <summary>Where a service's settings come from: a file, the command line on top.</summary>
internal sealed class ServiceFiles
{
    private readonly Option<string> _config;
    private readonly Option<string[]> _set = SetOption.Create();

    private readonly string _usual;

    /// <param name="name">The file of the service among those that come with the program: <c>seed.conf</c>, …</param>
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

    /// <summary>The settings that a command line asks for.</summary>
    /// <exception cref="SpecException">There are mistakes in them.</exception>
    public ServiceSettings Read(ParseResult parsed) => ServiceSettings.Read(
        parsed.GetValue(_config) ?? (PathFound.IsFile(_usual) ? _usual : null), parsed.GetValue(_set) ?? [],
        Environment.GetEnvironmentVariable);
}
