namespace Cairn.Engine.Tests.Runs;

/// <summary>A folder of its own with an input file and the specs that a test writes; it goes when the test ends.</summary>
internal sealed class SpecFolder : IDisposable
{
    public const string Model = "model { kind = persistence, step = 1h }\n";
    public const string Initial = "initial { source = netcdf, path = in.nc, variables { u = u10m, v = v10m } }\n";
    public const string Times = "lead-times { every = 6h, count = 4 }\n";
    public const string Storage = "checkpoint.path = out/checkpoints\noutput.path = out/fields.zarr\n";
    public const string Whole = "name = trial\n" + Model + Initial + Times + Storage;

    private readonly string _root = Directory.CreateTempSubdirectory("cairn-spec-").FullName;

    public SpecFolder() => File.WriteAllText(Path("in.nc"), "stands for a NetCDF file");

    public string Work => Path("work");
    public string Path(string name) => System.IO.Path.Combine(_root, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), text);
    }

    public RunSpec Read(string text, params string[] overrides)
    {
        Write("run.conf", text);
        return RunSpecReader.Read(Path("run.conf"), overrides, Work);
    }

    public IReadOnlyList<SpecMistake> Mistakes(string text, params string[] overrides)
        => Assert.Throws<RunSpecException>(() => Read(text, overrides)).Mistakes;

    /// <summary>The only mistake of a text, checked for its key and for what its expectation says.</summary>
    public SpecMistake Mistake(string text, string key, string expected, params string[] overrides)
    {
        var mistake = Assert.Single(Mistakes(text, overrides));
        Assert.Equal(key, mistake.Key);
        Assert.Contains(expected, mistake.Expected, StringComparison.Ordinal);
        return mistake;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
