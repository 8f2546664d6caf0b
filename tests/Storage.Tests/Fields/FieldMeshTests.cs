using System.Text;
using System.Text.Json.Nodes;
using Cairn.Storage.Tests.Fields.Zarr;
using Cairn.Storage.Derived;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.Tests.Durable;

namespace Cairn.Storage.Tests.Fields;

/// <summary>Fields on the triangles of a mesh, with its geometry beside them by the UGRID conventions.</summary>
public sealed class FieldMeshTests : IDisposable
{
    private static readonly FieldMesh Square = new([0, 9, 9, 0], [0, 0, 6, 6], [1, 2, 3, 4], [0, 1, 2, 0, 2, 3]);
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-mesh-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_store_tells_its_mesh_again_and_gives_back_what_was_written()
    {
        Filled();

        var layout = ZarrFieldStore.OpenExisting(new PosixFiles(), In("fields.zarr")).Layout;
        var stored = ZarrFields.Open(new PosixFiles(), In("fields.zarr"));

        foreach (var mesh in new[] { layout.Mesh!, stored.Mesh! })
        {
            Assert.Equal(Square.NodeX, mesh.NodeX);
            Assert.Equal(Square.NodeY, mesh.NodeY);
            Assert.Equal(Square.NodeZ, mesh.NodeZ);
            Assert.Equal(Square.FaceNodes, mesh.FaceNodes);
        }

        Assert.Equal([4, 11], layout.Longitude);
        Assert.Equal([4, 11], stored.Columns.Values);
        Assert.Equal([1010, 1011, 1020, 1021], stored.Read("u", 1, 1, 2));
    }

    [SkippableFact]
    public void Xarray_sees_a_mesh_by_UGRID_in_the_store_and_in_the_NetCDF_file()
    {
        var store = Filled();
        FieldsFile.Write(new PosixFiles(), store, FieldsPart.Of(store.Layout, In("fields.nc"))[0]);
        StatisticsFile.Write(new PosixFiles(), store, In("statistics.nc"), [0.5]);

        Assert.Equal("agreed\n", Python.Run(
            """
            import sys, numpy as np, xarray as xr, netCDF4
            z, n, s = xr.open_zarr(sys.argv[1]), xr.open_dataset(sys.argv[2]), xr.open_dataset(sys.argv[3])
            assert z.u.dims == ('ensemble', 'time', 'lead_time', 'triangle') and n.u.dims == ('time', 'realization', 'triangle')
            for d in (z, n):
                assert set(d.u.coords) >= {'triangle', 'mesh_face_x', 'mesh_face_y'}, d.u.coords
                assert d.u.attrs['mesh'] == 'mesh' and d.u.attrs['location'] == 'face', d.u.attrs
                t = d.mesh.attrs
                assert t['cf_role'] == 'mesh_topology' and t['topology_dimension'] == 2 and t['face_dimension'] == 'triangle', t
                x, y = (d[name].values for name in t['node_coordinates'].split())
                faces = d[t['face_node_connectivity']]
                assert faces.attrs['start_index'] == 0 and faces.dims[0] == 'triangle' and faces.shape == (2, 3), faces
                assert np.array_equal(x[faces].mean(1), d.mesh_face_x) and np.array_equal(y[faces].mean(1), d.mesh_face_y)
                assert list(d.triangle.values) == [4, 11] and list(d.mesh_node_z.values) == [1, 2, 3, 4]
            for u in (z.u.values[1, 0], n.u.values[:, 1]):
                assert np.array_equal(u, [[1000, 1001], [1010, 1011], [1020, 1021]]), u
            assert s.u_mean.dims == ('time', 'triangle') and s.u_quantile.dims[-1] == 'triangle'
            assert np.array_equal(s.u_mean.values[2], [520, 521]), s.u_mean
            assert netCDF4.Dataset(sys.argv[2]).Conventions == 'CF-1.10 UGRID-1.0'
            print('agreed')
            """,
            ["numpy", "xarray", "zarr", "netCDF4"], In("fields.zarr"), In("fields.nc"), In("statistics.nc")));
    }

    [Theory]
    [InlineData("another mesh")]
    [InlineData("another number")]
    public void A_store_of_another_mesh_is_refused(string what)
    {
        Filled();
        var other = what == "another mesh"
            ? Layout() with { Mesh = Square with { NodeZ = [1, 2, 3, 5] } }
            : Layout() with { Longitude = [4, 12] };

        var error = Assert.Throws<SpecException>(() => ZarrFieldStore.Open(new PosixFiles(), In("fields.zarr"), other));

        Assert.Contains("the coordinate's values differ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_mesh_with_other_triangles_than_its_fields_is_refused(int triangles)
    {
        var layout = Layout() with { Longitude = [.. Enumerable.Range(0, triangles).Select(i => (double)i)] };

        Assert.Contains("mesh", Assert.Throws<SpecException>(layout.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mesh_face_nodes/.zarray", "shape", "[2, 4]")]
    [InlineData("mesh_face_nodes/.zarray", "shape", "[3, 3]")]
    [InlineData("mesh_node_x/.zarray", "shape", "[2]")]
    [InlineData("triangle/.zarray", "shape", "[3]")]
    public void Damaged_topology_is_told(string document, string key, string value)
    {
        var files = new RecordingFiles("/out");
        ZarrFieldStore.Open(files, "/out/fields.zarr", Layout());
        var metadata = JsonNode.Parse(files.ReadAll("/out/fields.zarr/.zmetadata"))!;
        metadata["metadata"]![document]![key] = JsonNode.Parse(value);
        files.DeleteFile("/out/fields.zarr/.zmetadata");
        files.Seed("/out/fields.zarr/.zmetadata", Encoding.UTF8.GetBytes(metadata.ToJsonString()));

        Assert.Throws<DataException>(() => ZarrFields.Open(files, "/out/fields.zarr"));
    }

    private static FieldLayout Layout() => ZarrFieldStoreTests.Layout() with
    {
        Members = 2,
        LeadTimes = [.. Enumerable.Range(0, 3).Select(i => TimeSpan.FromHours(i))],
        Latitude = [0],
        Longitude = [4, 11],
        Mesh = Square,
        LeadTimesPerChunk = 1,
        Variables = [new FieldVariable("u", "m s-1")],
    };

    private ZarrFieldStore Filled()
    {
        var store = ZarrFieldStore.Open(new PosixFiles(), In("fields.zarr"), Layout());
        foreach (var (member, lead) in from m in Enumerable.Range(0, 2) from t in Enumerable.Range(0, 3) select (m, t))
        {
            var first = (member * 1000) + (lead * 10);
            store.WriteChunk(member, lead, "u", [first, first + 1]);
        }

        store.SetCommitted([0, 1], TimeSpan.FromHours(2));
        return store;
    }

    private string In(string name) => Path.Combine(_root, name);
}
