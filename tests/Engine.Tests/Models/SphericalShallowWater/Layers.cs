using Cairn.Engine.Models.SphericalShallowWater;
using Cairn.Engine.Sources.Analytic;

namespace Cairn.Engine.Tests.Models.SphericalShallowWater;

/// <summary>Models and states for tests, by default on the Gaussian grid of the truncation.</summary>
internal static class Layers
{
    internal static SphericalShallowWaterModel Model(
        int truncation = 42, double minutes = 10, double tilt = 0, LatLonGrid? grid = null, bool heightGiven = true,
        Hyperdiffusion? damping = null, ScalarType dtype = ScalarType.Float64, bool membersApart = false, double meanHeight = 10_000) =>
        new(new SphericalShallowWaterOptions
        {
            Grid = grid ?? Gaussian(truncation),
            Truncation = truncation,
            Step = TimeSpan.FromMinutes(minutes),
            Tilt = tilt,
            HeightGiven = heightGiven,
            MeanHeight = meanHeight,
            Hyperdiffusion = damping,
            DType = dtype,
            MembersApart = membersApart,
        });

    internal static LatLonGrid Gaussian(int truncation) => new TransformGrid(truncation).ToGrid();

    /// <summary>The state of a case that the model begins from by itself.</summary>
    internal static Tensor Case(this SphericalShallowWaterModel model, string name, double tilt = 0) =>
        model.Start(SphericalLayers.Make(name, model.Description.InputGrid, tilt));

    /// <summary>The state of fields in C order, as many as the model takes.</summary>
    internal static Tensor Start(this SphericalShallowWaterModel model, double[] values)
    {
        var (inputs, grid) = (model.Description.InputVariables.Count, model.Description.InputGrid);
        var size = grid.Latitudes.Count * grid.Longitudes.Count;
        using var fields = Tensors.From(values[..(inputs * size)], 1, inputs, grid.Latitudes.Count, grid.Longitudes.Count);
        return model.Initialize(fields);
    }

    internal static Tensor Run(this IPrognosticModel model, Tensor start, TimeSpan time)
    {
        var state = start.clone();
        for (var i = 0; i < time / model.Description.Step; i++)
        {
            using var before = state;
            state = model.Step(before);
        }
        return state;
    }

    /// <summary>One output variable of the first member.</summary>
    internal static double[] Field(this IPrognosticModel model, Tensor state, string variable)
    {
        using var fields = model.Fields(state);
        using var one = fields.narrow(1, model.Description.OutputVariables.ToList().IndexOf(variable), 1);
        return one.ToArray<double>();
    }

    /// <summary>l2 of Williamson et al. (1992): the root of ∫ (found - true)² over ∫ true², on a Gaussian grid.</summary>
    internal static double RelativeError(double[] found, double[] expected, LatLonGrid grid)
    {
        var weights = new GaussianQuadrature(grid.Latitudes.Count).Weights;
        double difference = 0, size = 0;
        for (var at = 0; at < found.Length; at++)
        {
            var weight = weights[at / grid.Longitudes.Count];
            difference += weight * (found[at] - expected[at]) * (found[at] - expected[at]);
            size += weight * expected[at] * expected[at];
        }
        return Math.Sqrt(difference / size);
    }
}
