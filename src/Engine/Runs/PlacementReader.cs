using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads and writes <c>priority</c> and <c>requires</c>.</summary>
internal static partial class PlacementReader
{
    private const int MostPriority = 1_000_000;

    public static PlacementSpec Read(SettingReader reader) => new()
    {
        Priority = reader.Integer("priority", 0, -MostPriority, MostPriority, "how early the run's batches are given to nodes"),
        Gpu = reader.Read("requires.gpu", false, false, "true or false",
            (HoconScalar scalar, out bool value) => scalar.TryBoolean(out value)),
        Label = reader.Read<string?>(
            "requires.label", null, false, "a node's label, made of letters, digits, '.', '_' and '-'",
            (HoconScalar scalar, out string? label) => LabelPattern().IsMatch(label = scalar.Text)),
    };

    public static JsonObject WriteRequires(PlacementSpec spec)
    {
        var json = new JsonObject { ["gpu"] = spec.Gpu };
        if (spec.Label is { } label)
        {
            json["label"] = label;
        }

        return json;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelPattern();
}
