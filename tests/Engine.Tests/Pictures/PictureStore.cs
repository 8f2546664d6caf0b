using Cairn.Storage.Fields.Zarr;

namespace Cairn.Engine.Tests.Pictures;

/// <summary>A store of seeded noise in a scratch folder, what is in it, and what a picture of it says.</summary>
internal sealed class PictureStore : IDisposable
{
    private readonly Dictionary<(int Member, int LeadTime, string Variable), float[]> _values = [];
    private readonly Random _random;

    public PictureStore(FieldLayout layout, int seed)
    {
        Layout = layout;
        _random = new Random(seed);
        Store = ZarrFieldStore.Open(Files, Path.Combine(Folder, "fields.zarr"), layout);
    }

    public static IDurableFiles Files { get; } = new NoSyncFiles(new PosixFiles());
    public string Folder { get; } = Directory.CreateTempSubdirectory("cairn-picture-").FullName;
    public string Target => Path.Combine(Folder, "forecast.html");
    public FieldLayout Layout { get; }
    public ZarrFieldStore Store { get; }

    public static FieldLayout Grid(int members, int leadTimes, double[] latitudes, double[] longitudes, int perChunk = 1) => new()
    {
        Members = members,
        Time = CfTime.Parse("1990-01-16T20:00", CfCalendar.Standard, out _),
        LeadTimes = [.. Enumerable.Range(0, leadTimes).Select(i => TimeSpan.FromHours(6 * i))],
        Latitude = latitudes,
        Longitude = longitudes,
        Variables = [new FieldVariable("u", "m s-1", "eastward wind"), new FieldVariable("q")],
        LeadTimesPerChunk = perChunk,
    };

    /// <summary>Writes and commits every lead time of every member.</summary>
    public PictureStore Fill()
    {
        for (var member = 0; member < Layout.Numbers.Count; member++)
            Fill(member, Layout.LeadTimes.Count);
        return this;
    }

    /// <summary>Writes all lead times of a member, and commits the first ones.</summary>
    public void Fill(int member, int committed)
    {
        for (var first = 0; first < Layout.LeadTimes.Count; first += Layout.LeadTimesPerChunk)
        {
            var count = Math.Min(Layout.LeadTimesPerChunk, Layout.LeadTimes.Count - first);
            foreach (var variable in Layout.Variables)
            {
                var planes = Enumerable.Range(first, count).Select(t => _values[(member, t, variable.Name)] = Noise()).ToList();
                Store.WriteChunk(member, first, variable.Name, planes.SelectMany(p => p).ToArray());
            }
        }
        if (committed > 0)
            Store.SetCommitted([member], Layout.LeadTimes[committed - 1]);
    }

    /// <summary>What was written at a place of the store's grid.</summary>
    public double Value(int member, int leadTime, string variable, int row, int column) =>
        _values[(member, leadTime, variable)][(row * Layout.Longitude.Count) + column];

    public ReadPicture Draw(int mostBytes = ForecastPicture.UsualBytes, PictureCaption? caption = null)
    {
        ForecastPicture.Draw(Files, Store.Path, Target, caption, mostBytes);
        return new ReadPicture(File.ReadAllText(Target));
    }

    /// <summary>Changes the consolidated metadata behind the store's back.</summary>
    public void Tamper(Action<JsonObject> change)
    {
        var file = Path.Combine(Store.Path, ".zmetadata");
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        change((JsonObject)root["metadata"]!);
        File.WriteAllText(file, root.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Folder, true);

    private float[] Noise() =>
        [.. Enumerable.Range(0, Layout.PlaneLength).Select(_ => _random.Next(12) == 0 ? float.NaN : (_random.NextSingle() * 40) - 15)];
}
