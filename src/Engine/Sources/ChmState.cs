using Cairn.Engine.Mesh;
using Cairn.Engine.Models;
using Cairn.Engine.Runs;
using Cairn.Storage.Chm;
using Cairn.Storage.NetCdf;

namespace Cairn.Engine.Sources;

/// <summary>The state that a CHM checkpoint of any number of ranks holds, at the time that it says.</summary>
internal static class ChmState
{
    /// <exception cref="DataException">It does not hold, or is of another mesh or other modules.</exception>
    public static InitialCondition Read(string path, ModelSpec spec)
    {
        var checkpoint = ChmCheckpoint.Open(path);
        var time = CfTime.Parse(
            checkpoint.Time.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
            CfCalendar.Standard, out _);
        using var model = MeshKind.Open(spec, time, new Dictionary<string, FieldBounds>());
        var variables = model.Description.InputVariables;
        checkpoint.Verify().Require(model.GlobalIds.Count, variables, path);
        var state = checkpoint.Load(new ChmTriangles([.. model.GlobalIds.Select(id => (long)id)]), variables);
        return new InitialCondition(
            variables, model.Description.InputGrid, [.. state.Variables.SelectMany(v => v.Values)], time,
            variables.ToDictionary(v => v, _ => (string?)null, StringComparer.Ordinal));
    }
}
