using Cairn.Hocon;

namespace Cairn.Engine.Settings;

/// <summary>The settings of the programs of a cluster, as opposed to a run's spec.</summary>
/// <param name="Seed">The settings of a seed.</param>
/// <param name="Cluster">The node's place in a cluster.</param>
/// <param name="Worker">The settings of a worker.</param>
public sealed record ServiceSettings(SeedSettings Seed, ClusterSettings Cluster, WorkerSettings Worker)
{
    /// <summary>Every setting that may be given; one file may serve seeds and workers alike.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. ClusterSettings.Section.Settings, .. NodeSettings.Section.Settings, .. WorkerSettings.Section.Settings,
        .. MetricsEndpoint.Section.Settings, .. SeedSettingsReader.Section.Settings, .. TelemetrySettings.Section.Settings,
    ];

    /// <summary>Reads settings; what is not given has the default that <c>hocon/reference.conf</c> states.</summary>
    /// <param name="file">A HOCON file, or null for none.</param>
    /// <param name="overrides">Each <c>key=value</c>, on top of the file.</param>
    /// <param name="environment">Asks for a variable of the environment.</param>
    /// <param name="workingDirectory">What relative folders are relative to; by default the process's own.</param>
    /// <exception cref="RunSpecException">There are mistakes; all of them are listed.</exception>
    public static ServiceSettings Read(
        string? file, IReadOnlyList<string> overrides, Func<string, string?> environment, string? workingDirectory = null)
    {
        var directory = Path.GetFullPath(workingDirectory ?? Directory.GetCurrentDirectory());
        var source = file is null ? "the settings" : Path.GetFullPath(file, directory);
        try
        {
            var options = new HoconOptions { Overrides = overrides, Environment = environment };
            var root = file is null ? HoconReader.ReadText("", source, options) : HoconReader.ReadFile(source, options);
            return Read(new SettingReader(root, new SpecContext(source, null, directory, PathFound.IsFile)), environment);
        }
        catch (HoconException e)
        {
            throw RunSpecException.Of(source, e);
        }
    }

    private static ServiceSettings Read(SettingReader reader, Func<string, string?> environment)
    {
        SettingNames.CheckKnown(reader, All);
        var telemetry = TelemetrySettings.Read(reader);
        var settings = new ServiceSettings(
            SeedSettingsReader.Read(reader) with { Telemetry = telemetry }, ClusterSettings.Read(reader, environment),
            WorkerSettings.Read(reader) with { Telemetry = telemetry });
        return reader.Mistakes.Count == 0 ? settings : throw new RunSpecException(reader.Context.Source, reader.Mistakes);
    }
}
