namespace Cairn.Engine.Tests.Models.ShallowWater;

/// <summary>States of the shallow-water model for tests.</summary>
internal static class Planes
{
    /// <summary>The state that a case begins with.</summary>
    public static Tensor Begin(ShallowWaterModel model, ShallowWaterOptions options, string name)
    {
        using var fields = Tensors.From(ShallowWaterCases.Make(name, options.Plane), 1, 3, options.Plane.Rows, options.Plane.Columns);
        return model.Initialize(fields);
    }

    public static Tensor Run(ShallowWaterModel model, Tensor state, int steps)
    {
        var now = state.clone();
        for (var step = 0; step < steps; step++)
        {
            var next = model.Step(now);
            now.Dispose();
            now = next;
        }
        return now;
    }

    /// <summary>Two levels of a flow without any symmetry, at which every term of the equations is of some size.</summary>
    public static double[] Levels(ShallowWaterPlane plane, Random random)
    {
        var levels = new double[6 * plane.Size];
        for (var i = 0; i < levels.Length; i++)
        {
            var isGeopotential = i / plane.Size % 3 == 2;
            levels[i] = isGeopotential ? plane.MeanGeopotential * (1 + (0.1 * random.NextDouble())) : 20 * (random.NextDouble() - 0.5);
        }
        return levels;
    }

    public static Tensor State(double[] levels, ShallowWaterPlane plane, ScalarType dtype)
    {
        using var doubles = Tensors.From(levels, 1, 6, plane.Rows, plane.Columns);
        return doubles.to(dtype);
    }
}
