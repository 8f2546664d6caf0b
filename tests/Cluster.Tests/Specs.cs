using System.Globalization;

namespace Cairn.Cluster.Tests;

/// <summary>Specs of small runs on the real winds, written into a scratch folder.</summary>
internal static class Specs
{
    /// <summary>Further settings for files that are shards of chunks of one lead time.</summary>
    public const string Shards = "output { zarr-format = 3, lead-times-per-chunk = 1, compression = zstd }";

    /// <summary>Two members in one batch that never change: as little computing, and as many commits, as can be.</summary>
    public static string Persistence(Scratch scratch, string name, string more = "")
    {
        var winds = Path.Combine(TestFiles.Root, "data", "navy-winds-1982-1992.nc");
        var text = $$"""
            name = {{name}}
            model { kind = persistence, step = 1h }
            initial { source = netcdf, path = "{{winds}}", time = "1990-01-16", variables { u = u10m } }
            lead-times { every = 1h, count = 5 }
            ensemble { size = 2, batch-size = 2, seed = 3, perturbation { kind = gaussian, amplitude = 1 } }
            checkpoint { path = {{name}}/checkpoints, mode = overwrite, flush-interval = 2 }
            output { kind = zarr, path = {{name}}/fields.zarr, lead-times-per-chunk = 2 }
            {{more}}
            """;
        var path = scratch[name + ".conf"];
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Six members in batches of two, barotropic at T42, into <c>NAME/</c>; returns the spec's path.</summary>
    public static string Winds(Scratch scratch, string name, int count = 24, string more = "")
    {
        var winds = Path.Combine(TestFiles.Root, "data", "navy-winds-1982-1992.nc");
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            name = {{name}}
            model { kind = barotropic, step = 30m }
            initial { source = netcdf, path = "{{winds}}", time = "1990-01-16", variables { u = u10m, v = v10m } }
            lead-times { every = 6h, count = {{count}} }
            ensemble { size = 6, batch-size = 2, seed = 7, perturbation { kind = gaussian, amplitude = 0.5 } }
            checkpoint { path = {{name}}/checkpoints, mode = append, history-size = 3, flush-interval = 2 }
            output { kind = zarr, path = {{name}}/fields.zarr, variables = [vorticity, u, v], lead-times-per-chunk = 2 }
            {{more}}
            """);
        var path = scratch[name + ".conf"];
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>
    /// Two batches of two members of the shallow-water model on 64 x 64 points, into <c>NAME/</c>; returns the spec's path. Restarts come
    /// at once, and as often as a test has faults.
    /// </summary>
    public static string Water(Scratch scratch, string name, int count = 12, string more = "")
    {
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            name = {{name}}
            model { kind = shallow-water, step = 90s, nx = 64, ny = 64, dx = 100000 }
            initial { source = model, case = sine-waves }
            lead-times { every = 1h, count = {{count}} }
            ensemble { size = 4, batch-size = 2, seed = 3, perturbation { kind = gaussian, amplitude = 0.1, variables = [u, v] } }
            checkpoint { path = {{name}}/checkpoints, mode = append, history-size = 3, flush-interval = 2 }
            output { kind = zarr, path = {{name}}/fields.zarr, variables = [u, p], lead-times-per-chunk = 2, picture = off }
            supervision { first-pause = 50ms, longest-pause = 200ms, max-restarts = 50, quarantine-after = 50 }
            {{more}}
            """);
        var path = scratch[name + ".conf"];
        File.WriteAllText(path, text);
        return path;
    }
}
