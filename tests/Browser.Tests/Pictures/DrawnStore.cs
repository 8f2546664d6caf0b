using Cairn.Engine.Pictures;
using Cairn.Engine.Runs;
using Cairn.Engine.Verification;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Fields.Zarr;
using Cairn.Storage.NetCdf;

namespace Cairn.Browser.Tests.Pictures;

/// <summary>A small field store of smooth waves in a scratch folder, and the picture of it.</summary>
internal sealed class DrawnStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-picture-").FullName;

    private DrawnStore(FieldLayout layout, Func<int, int> committedLeadTimes, VerifiedForecast? scores = null)
    {
        var files = new NoSyncFiles(new PosixFiles());
        var store = ZarrFieldStore.Open(files, Path.Combine(_folder, "fields.zarr"), layout);
        for (var member = 0; member < layout.Numbers.Count; member++)
        {
            var committed = committedLeadTimes(member);
            for (var leadTime = 0; leadTime < committed; leadTime++)
                layout.Variables.ToList().ForEach(v => store.WriteChunk(member, leadTime, v.Name, Waves(layout, member, leadTime)));

            if (committed > 0)
                store.SetCommitted([member], layout.LeadTimes[committed - 1]);
        }

        if (scores is not null)
        {
            var asked = new VerificationRequest("analyses.nc", [new InitialVariable("u", "u10m")]);
            VerificationFile.Write(files, PicturePaths.Scores(store.Path), scores, asked);
        }

        File = ForecastPicture.Draw(files, store.Path, Path.Combine(_folder, "forecast.html"), null).Path;
    }

    public string File { get; }

    public static DrawnStore Globe(int members = 5, Func<int, int>? committed = null) => new(
        Layout(members, [.. Enumerable.Range(0, 19).Select(i => -90.0 + (10 * i))], [.. Enumerable.Range(0, 36).Select(i => 10.0 * i)]),
        committed ?? (_ => 6));

    /// <summary>A globe from two initial times, a day apart; of the later one the first three lead times are committed.</summary>
    public static DrawnStore TwoTimes()
    {
        var one = Layout(4, [.. Enumerable.Range(0, 19).Select(i => -90.0 + (10 * i))], [.. Enumerable.Range(0, 36).Select(i => 10.0 * i)]);
        return new(one with { LaterTimes = [one.Time.Add(TimeSpan.FromDays(1))] }, member => member < 4 ? 6 : 3);
    }

    /// <summary>A globe of three members whose eastward wind was scored, at all lead times but the second.</summary>
    public static DrawnStore Scored()
    {
        var layout = Layout(
            3, [.. Enumerable.Range(0, 19).Select(i => -90.0 + (10 * i))], [.. Enumerable.Range(0, 36).Select(i => 10.0 * i)]) with
        {
            Provenance = Provenance.Of(new Dictionary<string, string?> { ["spec_digest"] = "sha256:0" }),
        };
        var scored = layout with { LeadTimes = [.. layout.LeadTimes.Where((_, i) => i != 1)] };
        IReadOnlyList<FieldScores> scores =
        [
            .. scored.LeadTimes.Select((_, i) => new FieldScores(
                0.1 * i, 1 + i, 0.5 * (1 + i), 0.4 * (1 + i), 0.8 * (1 + i), 0.9, 1 - (0.1 * i), [0.1, 0.2, 0.3, 0.4])),
        ];
        return new(layout, _ => 6, new(scored, new Dictionary<string, IReadOnlyList<FieldScores>> { ["u"] = scores }, [], null));
    }

    /// <summary>A box across the seam.</summary>
    public static DrawnStore Box() => new(
        Layout(
            4, [.. Enumerable.Range(0, 13).Select(i => 70.0 - (2.5 * i))],
            [.. Enumerable.Range(0, 21).Select(i => -25 + (2.5 * i))]),
        _ => 6);

    public static DrawnStore Line() => new(Layout(10, [0], [.. Enumerable.Range(0, 40).Select(i => 9.0 * i)], 30), _ => 30);

    public static DrawnStore Point() => new(Layout(3, [46.5], [8.25]), _ => 6);

    /// <summary>A ridge of 8 x 6 cells of 100 m, each cut in two triangles.</summary>
    public static DrawnStore Mesh()
    {
        const int Columns = 8, Rows = 6;
        int[] nodes = [.. Enumerable.Range(0, Columns * Rows).SelectMany(cell =>
        {
            var a = (cell / Columns * (Columns + 1)) + (cell % Columns);
            return new[] { a, a + 1, a + Columns + 2, a, a + Columns + 2, a + Columns + 1 };
        })];
        var vertices = Enumerable.Range(0, (Columns + 1) * (Rows + 1)).ToArray();
        return new(Layout(3, [0], [.. Enumerable.Range(0, nodes.Length / 3).Select(i => (double)i)]) with
        {
            Mesh = new FieldMesh(
                [.. vertices.Select(i => 488_000.0 + (100 * (i % (Columns + 1))))],
                [.. vertices.Select(i => 6_711_000.0 + (100 * (i / (Columns + 1))))],
                [.. vertices.Select(i => 900.0 - (40 * Math.Abs((i % (Columns + 1)) - 4)))], nodes),
        }, _ => 6);
    }

    public void Dispose() => Directory.Delete(_folder, true);

    private static FieldLayout Layout(int members, double[] latitudes, double[] longitudes, int leadTimes = 6) => new()
    {
        Members = members,
        Time = CfTime.Parse("1990-01-16T20:00", CfCalendar.Standard, out _),
        LeadTimes = [.. Enumerable.Range(0, leadTimes).Select(i => TimeSpan.FromHours(6 * i))],
        Latitude = latitudes,
        Longitude = longitudes,
        Variables =
        [
            new FieldVariable("t2m", "K", "temperature at 2 m"), new FieldVariable("u", "m s-1", "eastward wind"),
            new FieldVariable("v", "m s-1", "northward wind"),
        ],
    };

    private static float[] Waves(FieldLayout layout, int member, int leadTime) =>
    [
        .. from latitude in layout.Latitude
           from longitude in layout.Longitude
           let phase = (longitude + (12 * leadTime)) * Math.PI / 60
           select (float)((12 * Math.Cos(latitude * Math.PI / 180) * Math.Sin(phase + (0.02 * member * leadTime))) + (0.2 * member)),
    ];
}
