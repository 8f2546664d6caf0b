using System.Text.Json.Nodes;

namespace Cairn.Engine.Runs;

/// <summary><c>initial</c> as JSON: what the chosen source has, and no more.</summary>
internal static class InitialJson
{
    public static JsonObject Write(InitialSpec initial)
    {
        var json = new JsonObject { ["source"] = SpecText.Word(initial.Source) };
        if (initial.Time is { } time)
        {
            json["time"] = time.Index is { } index ? index : time.Text;
        }

        if (initial.Case is { } name)
        {
            json["case"] = name;
        }

        if (initial.Path.Length > 0)
        {
            json["path"] = initial.Path;
        }

        if (initial.Source == InitialSource.Zarr)
        {
            json["member"] = initial.Member;
            if (initial.LeadTime is { } leadTime)
            {
                json["lead-time"] = SpecText.Duration(leadTime);
            }
        }

        AddVariables(json, initial);
        if (initial.Grid is { } grid)
        {
            json["grid"] = Grid(grid);
        }

        if (initial.Regrid is { } regrid)
        {
            var target = Grid(regrid.Grid);
            target["method"] = SpecText.Word(regrid.Method);
            json["regrid"] = target;
        }

        return json;
    }

    private static void AddVariables(JsonObject json, InitialSpec initial)
    {
        switch (initial.Source)
        {
            case InitialSource.Model:
                return;
            case InitialSource.Random:
                json["seed"] = initial.Seed;
                json["variables"] = new JsonObject(
                    initial.Variables.Zip(initial.Noise, (v, n) => KeyValuePair.Create(v.Name, (JsonNode?)Noise(n))));
                return;
            default:
                json["variables"] = new JsonObject(
                    initial.Variables.Select(v => KeyValuePair.Create(v.Name, (JsonNode?)v.FileVariable)));
                return;
        }
    }

    private static JsonObject Noise(RandomFieldSpec noise)
    {
        var json = new JsonObject { ["mean"] = noise.Mean, ["amplitude"] = noise.Amplitude };
        if (noise.LengthScaleKm is { } length)
        {
            json["length-scale-km"] = length;
        }

        return json;
    }

    private static JsonObject Grid(GridSpec grid) => new() { ["latitude"] = Axis(grid.Latitude), ["longitude"] = Axis(grid.Longitude) };

    private static JsonArray Axis(AxisSpec axis) => new(axis.First, axis.Last, axis.Count);
}
