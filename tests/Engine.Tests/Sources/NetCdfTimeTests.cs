namespace Cairn.Engine.Tests.Sources;

/// <summary>The time of fields that lie along no dimension of times.</summary>
public sealed class NetCdfTimeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-netcdf-time-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_scalar_time_is_when_the_lead_times_begin()
    {
        var initial = InitialSources.Read(Spec(File(scalar: true), null));

        Assert.Equal("1990-07-17T20:00:00", initial.Time.ToString());
        Assert.Equal(initial.Time, InitialSources.Read(Spec(File(scalar: true), new InitialTime("1990-07-17", null))).Time);
        Assert.Contains("1990-07-17T20:00:00", Assert.Throws<DataException>(
            () => InitialSources.Read(Spec(File(scalar: true), new InitialTime("1990-07-16", null)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_knows_no_time_takes_that_of_the_spec_for_its_only_state()
    {
        var spec = Spec(File(scalar: false), new InitialTime("1990-07-17T20:00:00", null));
        var initial = InitialSources.Read(spec);

        Assert.Equal("1990-07-17T20:00:00", initial.Time.ToString());
        Assert.Equal("1970-01-01T00:00:00", InitialSources.Read(spec with { Time = null }).Time.ToString());
        // A lagged ensemble asks for other times, which one state is not.
        Assert.Contains("no time axis", Assert.Throws<DataException>(
            () => InitialSources.Read(spec, initial.Time.Add(TimeSpan.FromHours(-6)))).Message, StringComparison.Ordinal);
    }

    private static InitialSpec Spec(string path, InitialTime? time) => new("netcdf", path, time, [new("t", "t")]);

    private string File(bool scalar)
    {
        var path = Path.Combine(_root, $"{Guid.NewGuid():N}.nc");
        using var file = NetCdfWriter.Create(path);
        file.DefineDimension("latitude", 2);
        file.DefineDimension("longitude", 2);
        file.DefineVariable("latitude", NetCdfType.Double, ["latitude"]);
        file.DefineVariable("longitude", NetCdfType.Double, ["longitude"]);
        file.DefineVariable("t", NetCdfType.Float, ["latitude", "longitude"]);
        if (scalar)
        {
            file.DefineVariable("time", NetCdfType.Int64, []);
            file.DefineAttribute("time", "units", "hours since 1990-07-16 20:00:00");
            file.DefineAttribute("t", "coordinates", "time");
        }
        file.EndDefinition();
        file.Write<double>("latitude", [0], [2], [10, 20]);
        file.Write<double>("longitude", [0], [2], [0, 180]);
        file.Write<float>("t", [0, 0], [2, 2], [1, 2, 3, 4]);
        if (scalar)
            file.Write<long>("time", [], [], [24]);
        file.Close();
        return path;
    }
}
