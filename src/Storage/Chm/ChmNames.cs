using System.Globalization;
using System.Text.RegularExpressions;

namespace Cairn.Storage.Chm;

/// <summary>The names that CHM gives to the files and folders of its checkpoints.</summary>
public static partial class ChmNames
{
    /// <summary>The folder of a run's checkpoints, in the folder of its output.</summary>
    public const string Folder = "checkpoint";

    /// <summary>The only dimension of a rank's file.</summary>
    internal const string Triangles = "tri_id";

    /// <summary>The variable that says which triangles of the mesh a rank's file holds.</summary>
    internal const string GlobalId = "global_id";

    internal const string RestartTime = "restart_time";
    internal const string RestartSeconds = "restart_time_sec";

    /// <summary><c>checkpoint_20200125T140000.np4.json</c></summary>
    public static string Json(ChmTime time, int ranks) =>
        string.Create(CultureInfo.InvariantCulture, $"checkpoint_{time.Name}.np{ranks}.json");

    /// <summary>Reads the name of a checkpoint's JSON; false for any other name.</summary>
    public static bool TryParseJson(string name, out ChmTime time, out int ranks)
    {
        var match = JsonPattern().Match(name);
        (time, ranks) = (default, 0);
        return match.Success && ChmTime.TryParseName(match.Groups[1].Value, out time)
            && int.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out ranks);
    }

    /// <summary><c>20200125T140000</c>, and <c>20200125T140000.1</c> for the second writing of one time.</summary>
    internal static string TimeFolder(ChmTime time, int writing) =>
        writing == 0 ? time.Name : string.Create(CultureInfo.InvariantCulture, $"{time.Name}.{writing}");

    /// <summary>Whether a folder is one of <see cref="TimeFolder"/>.</summary>
    internal static bool IsTimeFolder(string name) =>
        FolderPattern().Match(name) is { Success: true } match && ChmTime.TryParseName(match.Groups[1].Value, out _);

    /// <summary><c>chkp20200125T140000_3.nc</c></summary>
    internal static string RankFile(ChmTime time, int rank) => string.Create(CultureInfo.InvariantCulture, $"chkp{time.Name}_{rank}.nc");

    [GeneratedRegex(@"\Acheckpoint_([0-9]{8}T[0-9]{6})\.np([0-9]{1,7})\.json\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonPattern();

    [GeneratedRegex(@"\A([0-9]{8}T[0-9]{6})(?:\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex FolderPattern();
}
