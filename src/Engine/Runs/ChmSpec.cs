using System.Text.Json.Nodes;
using Cairn.Engine.Chm;

namespace Cairn.Engine.Runs;

/// <summary>CHM's checkpoints of a mesh run.</summary>
/// <param name="Output">
/// Absolute path of what CHM calls the output's folder: <c>checkpoint/</c> and <c>clean_exit</c> are in it.
/// </param>
/// <param name="Settings">When they are saved, and which one the run begins from.</param>
public sealed record ChmSpec(string Output, ChmCheckpointSettings Settings)
{
    /// <summary>The folder's name in the run's folder, unless <c>checkpoint.chm-output</c> says otherwise.</summary>
    public const string UsualFolder = "chm";

    /// <summary>Reads it from <c>checkpoint</c>.</summary>
    internal static ChmSpec Read(SettingReader reader, string runFolder)
    {
        const string key = "checkpoint.chm-output";
        var output = reader.Find(key) is null
            ? Path.Combine(runFolder, UsualFolder)
            : SpecPaths.Output(reader, key, "the folder for CHM's checkpoints");
        return new ChmSpec(output, ChmCheckpointReader.ReadAmong(reader));
    }

    internal void AddTo(JsonObject json)
    {
        json["chm-output"] = Output;
        json["save_checkpoint"] = Settings.Save;
        if (Settings.OnFrequency is { } every)
        {
            json["on_frequency"] = every;
        }

        json["on_last"] = Settings.OnLast;
        json["on_wallclock_limit"] = Settings.OnWallClockLimit;
        json["minutes_of_wallclock"] = Settings.MinutesOfWallClock;
        if (Settings.LoadPath is { } path)
        {
            json["load_checkpoint_path"] = path;
        }

        json["auto_resume"] = Settings.AutoResume;
    }
}
