using System.Globalization;
using Cairn.Storage.Tests.Fields.Zarr;
using Cairn.Storage.Derived;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.Tests.Fields;

namespace Cairn.Storage.Tests.Derived;

/// <summary>The Climate Data Operators on derived files: what they see, and that they work with all of it.</summary>
public sealed class CdoTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-cdo-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void Every_field_is_seen_at_its_valid_time_on_the_grid_of_the_globe()
    {
        var store = Filled();
        Write(store, "fields.nc");
        StatisticsFile.Write(new PosixFiles(), store, In("statistics.nc"), [0.1, 0.9]);
        const string statistics = "u_mean u_std u_quantile vorticity_mean vorticity_std vorticity_quantile";
        foreach (var (file, variables) in new[] { ("fields.nc", "u vorticity"), ("statistics.nc", statistics) })
        {
            var (seen, errors) = Reader.Run("cdo", "cdo", "-s", "sinfon", In(file));
            Assert.DoesNotContain("skipped", errors, StringComparison.Ordinal);
            Assert.DoesNotContain("Unsupported", errors, StringComparison.Ordinal);
            Assert.Equal(variables.Split(' '), Words("-s", "showname", In(file)));
            Assert.Contains("lonlat", seen, StringComparison.Ordinal);
            Assert.Contains("latitude_longitude", seen, StringComparison.Ordinal);
            Assert.Contains("RefTime =  1990-01-16 14:00:00  Units = hours  Calendar = standard", seen, StringComparison.Ordinal);
            Assert.Equal(
                ["1990-01-16T14:00:00", "1990-01-16T20:00:00", "1990-01-17T02:00:00", "1990-01-17T08:00:00", "1990-01-17T14:00:00"],
                Words("-s", "showtimestamp", In(file)));
        }
    }

    [SkippableFact]
    public void Fields_on_a_mesh_are_seen_with_all_members_before_what_describes_the_mesh()
    {
        var store = Filled(ZarrFieldStoreTests.Layout(perChunk: 1) with
        {
            Latitude = [0],
            Longitude = [0, 1],
            Mesh = new FieldMesh([0, 9, 9, 0], [0, 0, 6, 6], [1, 2, 3, 4], [0, 1, 2, 0, 2, 3]),
        });
        Write(store, "fields.nc");
        StatisticsFile.Write(new PosixFiles(), store, In("statistics.nc"), [0.1, 0.9]);
        foreach (var (file, first, levels) in new[] { ("fields.nc", "u", "3"), ("statistics.nc", "u_mean", "1") })
        {
            var (seen, errors) = Reader.Run("cdo", "cdo", "-s", "sinfon", In(file));
            Assert.DoesNotContain("skipped", errors, StringComparison.Ordinal);
            Assert.Contains("unstructured", seen, StringComparison.Ordinal);
            Assert.Equal(first, Words("-s", "showname", In(file))[0]);
            Assert.Equal(levels, Words("-s", "nlevel", In(file))[0]);
        }
    }

    [SkippableFact]
    public void The_mean_over_files_of_members_is_the_one_in_the_statistics()
    {
        var store = Filled();
        Write(store, "m-{member}.nc");
        StatisticsFile.Write(new PosixFiles(), store, In("statistics.nc"), []);
        Reader.Run("cdo", "cdo", "-s", "ensmean", In("m-0000.nc"), In("m-0001.nc"), In("m-0002.nc"), In("mean.nc"));

        Assert.Equal(["u", "vorticity"], Words("-s", "showname", In("mean.nc")));
        Assert.Equal("5", Assert.Single(Words("-s", "ntime", In("mean.nc"))));
        foreach (var name in new[] { "u", "vorticity" })
        {
            var largest = Words("-s", "outputf,%g", "-timmax", "-fldmax", "-abs", "-sub", $"-selname,{name}", In("mean.nc"),
                $"-selname,{name}_mean", In("statistics.nc"));
            Assert.InRange(double.Parse(Assert.Single(largest), CultureInfo.InvariantCulture), 0, 1e-5);
        }
    }

    private static string[] Words(params string[] arguments) =>
        Reader.Run("cdo", "cdo", arguments).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private string In(string name) => Path.Combine(_root, name);

    private void Write(ZarrFieldStore store, string name) =>
        FieldsPart.Of(store.Layout, In(name)).ToList().ForEach(part => FieldsFile.Write(new PosixFiles(), store, part));

    private ZarrFieldStore Filled() => Filled(ZarrFieldStoreTests.Layout(perChunk: 1));

    private ZarrFieldStore Filled(FieldLayout layout)
    {
        var store = ZarrFieldStore.Open(new PosixFiles(), In("fields.zarr"), layout);
        var random = new Random(20261129);
        foreach (var (member, time, variable) in from m in Enumerable.Range(0, layout.Members)
                                                 from t in Enumerable.Range(0, layout.LeadTimes.Count)
                                                 from v in layout.Variables
                                                 select (m, t, v.Name))
        {
            store.WriteChunk(
                member, time, variable, (float[])[.. Enumerable.Range(0, layout.PlaneLength).Select(_ => random.NextSingle())]);
        }

        store.SetCommitted([.. Enumerable.Range(0, layout.Members)], layout.LeadTimes[^1]);
        return store;
    }
}
