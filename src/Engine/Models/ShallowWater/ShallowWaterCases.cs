namespace Cairn.Engine.Models.ShallowWater;

/// <summary>The initial states that the model can begin from by itself: u, v and p, <c>[3, row, column]</c>.</summary>
public static class ShallowWaterCases
{
    /// <summary>The NCAR program's: wind of the stream function 10⁶ m²/s sin x sin y, and the p that balances it. That program sets p a
    /// point to the south-west of where it would balance exactly, and so does this.</summary>
    public const string SineWaves = "sine-waves";

    /// <summary>At rest, with a bump of a hundredth of the mean geopotential: gravity waves run outward.</summary>
    public const string Bump = "bump";

    /// <summary>A low of a fiftieth of the mean geopotential with its geostrophic wind; needs rotation.</summary>
    public const string Vortex = "vortex";

    private const double StreamAmplitude = 1e6;

    public static IReadOnlyList<string> Names { get; } = [SineWaves, Bump, Vortex];

    /// <summary>The fields of a case.</summary>
    /// <exception cref="SpecException">There is no such case, or it does not suit the plane.</exception>
    public static double[] Make(string name, ShallowWaterPlane plane) => name switch
    {
        SineWaves => Waves(plane),
        Bump => Fields(plane, (_, _) => 0, (i, j) => plane.MeanGeopotential * (1 + (0.01 * Bell(plane, i, j)))),
        Vortex when plane.Coriolis != 0 => Fields(
            plane,
            (i, j) => -0.02 * plane.MeanGeopotential * Bell(plane, i - 0.5, j - 0.5) / plane.Coriolis,
            (i, j) => plane.MeanGeopotential * (1 - (0.02 * Bell(plane, i, j)))),
        Vortex => throw new SpecException("The case vortex is in geostrophic balance, which needs rotation; "
            + "model.coriolis is 0, expected another number, such as 1e-4."),
        _ => throw new SpecException($"The shallow-water model has no case '{name}'; expected one of {string.Join(", ", Names)}."),
    };

    private static double[] Waves(ShallowWaterPlane plane)
    {
        var (di, dj) = (2 * Math.PI / plane.Columns, 2 * Math.PI / plane.Rows);
        var length = plane.Columns * plane.Dx;
        var amplitude = Math.PI * Math.PI * StreamAmplitude * StreamAmplitude / (length * length);
        return Fields(
            plane,
            (i, j) => StreamAmplitude * Math.Sin((i + 0.5) * di) * Math.Sin((j + 0.5) * dj),
            (i, j) => (amplitude * (Math.Cos(2 * i * di) + Math.Cos(2 * j * dj))) + plane.MeanGeopotential);
    }

    /// <summary>A bell around the middle of the plane, a tenth of the shorter side wide.</summary>
    private static double Bell(ShallowWaterPlane plane, double i, double j)
    {
        var (x, y) = ((i - (plane.Columns / 2.0)) * plane.Dx, (j - (plane.Rows / 2.0)) * plane.Dy);
        var width = 0.1 * Math.Min(plane.Columns * plane.Dx, plane.Rows * plane.Dy);
        return Math.Exp(-((x * x) + (y * y)) / (2 * width * width));
    }

    /// <summary>Winds by differences of a stream function at the corners, so that they do not diverge: u = -∂ψ/∂y, v = ∂ψ/∂x.</summary>
    private static double[] Fields(ShallowWaterPlane plane, Func<int, int, double> stream, Func<int, int, double> geopotential)
    {
        var (width, rows, size) = (plane.Columns, plane.Rows, plane.Size);
        var fields = new double[3 * size];
        for (var j = 0; j < rows; j++)
        {
            for (var i = 0; i < width; i++)
            {
                // The first column's u and the first row's v are those beyond the last: the plane is a torus.
                var (column, row) = (i == 0 ? width : i, j == 0 ? rows : j);
                fields[(j * width) + i] = -(stream(column, j + 1) - stream(column, j)) / plane.Dy;
                fields[size + (j * width) + i] = (stream(i + 1, row) - stream(i, row)) / plane.Dx;
                fields[(2 * size) + (j * width) + i] = geopotential(i, j);
            }
        }
        return fields;
    }
}
