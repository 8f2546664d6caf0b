using Cairn.Engine.Mesh;
using Cairn.Engine.Models;
using Cairn.Engine.Models.Harmonics;
using Cairn.Engine.Models.Lorenz96;
using Cairn.Engine.Models.ShallowWater;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources.Analytic;
using Cairn.Storage.NetCdf;

namespace Cairn.Engine.Sources;

/// <summary>The states that models can begin from by themselves: what <c>initial { source = model }</c> reads.</summary>
public static class ModelCases
{
    /// <summary>Names of a kind's states, the default first; none where the kind needs another source.</summary>
    public static IReadOnlyList<string> Names(ModelKind kind) => kind switch
    {
        ModelKind.ShallowWater => ShallowWaterCases.Names,
        ModelKind.SphericalShallowWater => SphericalLayers.Names,
        ModelKind.Lorenz96 => Lorenz96Cases.Names,
        ModelKind.Mesh => MeshFactory.Cases,
        _ => [],
    };

    /// <summary>Variables of a kind's states, in channel order; none where only the model itself can tell.</summary>
    public static IReadOnlyList<string> Variables(ModelKind kind) => kind switch
    {
        ModelKind.ShallowWater => ["u", "v", "p"],
        ModelKind.SphericalShallowWater => ["u", "v", "h"],
        ModelKind.Lorenz96 => ["x"],
        _ => [],
    };

    /// <summary>The state that a spec names, on the model's own grid.</summary>
    /// <exception cref="SpecException">The model has no such state.</exception>
    public static InitialCondition Read(ModelSpec model, InitialSpec initial)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(initial);
        var time = CfTime.Parse(initial.Time?.Text ?? "2000-01-01", CfCalendar.Standard, out _);
        if (model.Mesh is not null)
        {
            return OfMesh(model, time);
        }

        var (grid, fields) = Fields(model, initial.Case ?? "");
        var units = Variables(model.Kind).ToDictionary(v => v, _ => (string?)null, StringComparer.Ordinal);
        return new InitialCondition(Variables(model.Kind), grid, fields, time, units);
    }

    /// <summary>What the modules begin with.</summary>
    private static InitialCondition OfMesh(ModelSpec spec, CfTime time)
    {
        using var model = MeshFactory.Create(spec, time, new Dictionary<string, FieldBounds>());
        var variables = model.Description.InputVariables;
        return new InitialCondition(variables, model.Description.InputGrid, model.InitialFields, time,
            variables.ToDictionary(v => v, _ => (string?)null, StringComparer.Ordinal));
    }

    private static (LatLonGrid Grid, double[] Fields) Fields(ModelSpec model, string name) => model switch
    {
        { ShallowWater: { } water } => (water.Plane.Grid, ShallowWaterCases.Make(name, water.Plane)),
        { SphericalShallowWater: { } layer } => Layer(layer, name),
        { Lorenz96: { } lorenz } => (Lorenz96Options.Circle(lorenz.Size), Lorenz96Cases.Make(name, lorenz.Size, lorenz.Forcing)),
        _ => throw new SpecException($"The {SpecText.Word(model.Kind)} model has no initial state of its own; "
            + "expected an initial.source other than model."),
    };

    /// <summary>On the Gaussian grid of the model's products, which its truncation goes with.</summary>
    private static (LatLonGrid Grid, double[] Fields) Layer(SphericalShallowWaterSpec layer, string name)
    {
        var grid = new TransformGrid(layer.Truncation).ToGrid();
        return (grid, SphericalLayers.Make(name, grid, layer.Tilt));
    }
}
