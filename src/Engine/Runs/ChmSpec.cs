using Cairn.Engine.Chm;
using Cairn.Engine.Mesh;
using Cairn.Engine.Settings;
using static Cairn.Engine.Settings.SettingTypes;

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
}

/// <summary>The setting of <c>checkpoint</c> that says where CHM's checkpoints are; CHM's own are those of its section.</summary>
internal static class ChmSettings
{
    public static readonly SettingSection<ChmSpec> Section = new(
        "checkpoint", spec => spec.Checkpoint.Chm, ModelSettings.Kind.Is(MeshKind.Name));

    private static readonly Setting<string> Output = Section.Add(
        "chm-output", OutputFolder("the folder for CHM's checkpoints"), chm => chm.Output, isOfRun: true,
        unset: "chm in the run's folder", example: "out/granger-winter/chm",
        help: "CHM's output folder, with checkpoint/ and clean_exit. By default chm in the run's folder. Besides its own sessions, a run "
            + "saves CHM's checkpoints (one NetCDF file per rank and a JSON), with the session at or after the step at which they are "
            + "due, and can start from one. The settings below have CHM's names; see docs/chm.md.");

    public static ChmSpec Read(SettingReader reader, string runFolder) =>
        new(reader.Get(Output, Path.Combine(runFolder, ChmSpec.UsualFolder)), ChmCheckpointReader.ReadAmong(reader));
}
