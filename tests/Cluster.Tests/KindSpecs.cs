namespace Cairn.Cluster.Tests;

/// <summary>
/// Small runs of every kind. Each lies in a folder of its own, with relative paths, so that two of a kind have the same spec to the letter.
/// </summary>
internal static class KindSpecs
{
    public const string SphericalShallowWater = "spherical-shallow-water";
    public const string ShallowWater = "shallow-water";
    public const string Lorenz96 = "lorenz96";
    public const string Diagnostics = "diagnostics";
    public const string Mesh = "mesh";
    public const string Onnx = "onnx";
    public const string Networks = "networks";
    public const string Python = "python";
    public const string BredVector = "bred-vector";

    /// <summary>Three initial times, and files derived of each.</summary>
    public const string SeveralTimes = "several-times";

    /// <summary>The interpreter of <see cref="Python"/>.</summary>
    public const string Interpreter = "/usr/bin/python3";

    /// <summary>NetCDF, statistics and a picture, and the members' fields dropped at the end.</summary>
    public const string Derived = "derived";

    /// <summary>Name of the spec in its folder; all that it writes goes to <c>out</c> and <c>checkpoints</c> there.</summary>
    public const string File = "run.conf";

    /// <summary>Settings that leave a run of <see cref="Derived"/> at its end, with nothing derived.</summary>
    public static readonly string[] WithoutDerived =
    [
        "--set", "output.netcdf=null", "--set", "output.statistics.path=null", "--set", "output.picture=off",
        "--set", "output.keep-members=true",
    ];

    private const string Wave = """
        initial { source = analytic, case = rossby-haurwitz, grid { latitude = [90, -90, 37], longitude = [0, 355, 72] } }
        lead-times { every = 2h, count = 16 }
        """;

    private const string ThreeDays = $$"""
        model { kind = barotropic, step = 30m, truncation = 20 }
        {{Wave}}
        initial.time { from = 2001-02-27, to = 2001-03-01, every = 1d }
        {{Gaussian}}
        output { netcdf = "out/f-{time}.nc", statistics { path = "out/s-{time}.nc" } }
        """;

    private const string Gaussian = "ensemble.perturbation { kind = gaussian, amplitude = 0.5 }";

    /// <summary>Skips a test of <see cref="Python"/> where there is no numpy.</summary>
    public static void RequireInterpreter() => Skip.IfNot(
        System.IO.File.Exists(Interpreter) && Directory.Exists("/usr/lib/python3/dist-packages/numpy"), "python3-numpy is missing");

    /// <summary>Writes the spec of a kind into <c>NAME/</c>; returns that folder.</summary>
    public static string Write(Scratch scratch, string name, string kind)
    {
        var text = $$"""
            name = killed
            ensemble { size = 4, batch-size = 2, seed = 7 }
            checkpoint { path = checkpoints, mode = append, history-size = 3, flush-interval = 2 }
            output { kind = zarr, path = out/fields.zarr, lead-times-per-chunk = 2 }
            {{Kind(kind)}}
            """;
        Directory.CreateDirectory(scratch[name]);
        System.IO.File.WriteAllText(Path.Combine(scratch[name], File), text);
        return scratch[name];
    }

    private static string Kind(string kind) => kind switch
    {
        SphericalShallowWater => $$"""
            model { kind = spherical-shallow-water, step = 20m, truncation = 21 }
            initial { source = model, case = rossby-haurwitz }
            lead-times { every = 2h, count = 16 }
            {{Gaussian}}
            """,
        ShallowWater => $$"""
            model { kind = shallow-water, step = 90s }
            initial { source = model, case = sine-waves }
            lead-times { every = 15m, count = 16 }
            {{Gaussian}}
            """,
        Lorenz96 => $$"""
            model { kind = lorenz96, step = 6h }
            initial { source = model, case = nudged }
            lead-times { every = 6h, count = 40 }
            {{Gaussian}}
            """,
        Mesh => $$"""
            model {
              kind = mesh, step = 30m
              mesh { path = "{{Path.Combine(TestFiles.Root, "data", "chm", "granger1m.mesh")}}" }
              weather {
                path = "{{Path.Combine(TestFiles.Root, "data", "chm", "tvc_9697_met.txt")}}", format = trail-valley, elevation = 1420
              }
            }
            initial { source = model, time = "1996-09-11T00:30:00" }
            lead-times { every = 2d, count = 60 }
            ensemble { size = 1, batch-size = 1 }
            """,
        Diagnostics => $$"""
            model { kind = barotropic, step = 30m, truncation = 21 }
            {{Wave}}
            {{Gaussian}}
            diagnostics = [
              { kind = kinetic-energy }
              { kind = torchscript, path = "{{Path.Combine(TestFiles.Root, "models", "speed.ts")}}", variables = [u, v], outputs = [speed] }
            ]
            """,
        Onnx or Networks => $$"""
            model { kind = onnx, step = 30m, normalisation.u = [5, 20], {{Files(kind)}} }
            {{Wave}}
            {{Gaussian}}
            """,
        Python => $$"""
            model {
              kind = python, step = 30m, class = "advection:Gusts", python = {{Interpreter}}
              python-path = "{{Path.Combine(TestFiles.Root, "examples")}}"
            }
            {{Wave}}
            {{Gaussian}}
            """,
        BredVector => $$"""
            model { kind = barotropic, step = 30m, truncation = 21 }
            {{Wave}}
            ensemble.perturbation { kind = bred-vector, amplitude = 0.5, cycles = 8, seeding { kind = brown } }
            """,
        SeveralTimes => ThreeDays,
        Derived => $$"""
            model { kind = persistence, step = 2h }
            {{Wave}}
            {{Gaussian}}
            output { netcdf = out/fields.nc, statistics { path = out/statistics.nc }, keep-members = false }
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind"),
    };

    /// <summary>One network for every step, or the same for two times.</summary>
    private static string Files(string kind)
    {
        var path = $"path = \"{Path.Combine(TestFiles.Root, "models", "drift.onnx")}\"";
        return kind == Onnx ? path : $"networks = [{{ {path}, covers = 30m }}, {{ {path}, covers = 5h }}]";
    }
}
