using System.Text;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.Fields;

/// <summary>A layout as JSON, and what a store that is there may become.</summary>
public sealed class LayoutDocumentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-layout-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);
    public static TheoryData<string> Layouts => new("grid", "plane", "mesh");

    [Theory]
    [MemberData(nameof(Layouts))]
    public void What_is_written_is_read_back(string kind)
    {
        var layout = Layout(kind);
        var bytes = LayoutDocument.Write(layout);

        Assert.Equal(bytes, LayoutDocument.Write(Read(bytes)));
        Assert.Equal(layout.Time, Read(bytes).Time);
        Assert.Equal(layout.LeadTimes, Read(bytes).LeadTimes);
        Assert.Equal(layout.Variables, Read(bytes).Variables);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{ \"members\": \"two\" }")]
    public void What_is_no_layout_is_damage_and_names_the_file(string text) => Assert.Contains(
        "layout.json", Assert.Throws<DataException>(() => Read(Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_store_may_grow_by_members_and_lead_times()
    {
        var found = Layout("grid");
        var wanted = found with { Members = 5, LeadTimes = [.. found.LeadTimes, TimeSpan.FromDays(9)] };

        Assert.Equal(LayoutDocument.Write(wanted), LayoutDocument.Write(LayoutDocument.Accept(found, wanted, "S")));
    }

    [Fact]
    public void Whatever_else_differs_is_refused_by_name()
    {
        var found = Layout("grid");
        (string Key, FieldLayout Wanted)[] others =
        [
            ("members", found with { Members = 1 }),
            ("leadTimesSeconds", found with { LeadTimes = [TimeSpan.Zero] }),
            ("leadTimesSeconds", found with { LeadTimes = [TimeSpan.Zero, TimeSpan.FromHours(1)] }),
            ("latitude", found with { Latitude = [1, 2] }),
            ("variables", found with { Variables = [new FieldVariable("v")] }),
            ("precision", found with { Precision = FieldPrecision.Double }),
        ];
        Assert.All(others, other => Assert.Contains($"\n  {other.Key}: found ", Refusal(found, other.Wanted), StringComparison.Ordinal));
        Assert.Contains("another run", Refusal(found with { Run = "a" }, found with { Run = "b" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_stays_the_runs_that_it_is()
    {
        var found = Layout("grid") with { Run = "a" };

        Assert.Equal("a", LayoutDocument.Accept(found, found with { Run = null }, "S").Run);
        Assert.Equal("a", LayoutDocument.Accept(found with { Run = null }, found, "S").Run);
    }

    private static string Refusal(FieldLayout found, FieldLayout wanted) =>
        Assert.Throws<SpecException>(() => LayoutDocument.Accept(found, wanted, "S")).Message;

    private FieldLayout Read(byte[] bytes)
    {
        var path = Path.Combine(_folder, "layout.json");
        File.WriteAllBytes(path, bytes);
        return LayoutDocument.Read(new PosixFiles(), path);
    }

    private static FieldLayout Layout(string kind)
    {
        var grid = new FieldLayout
        {
            Members = 2,
            Time = CfTime.Parse("1990-02-30T06:00", CfCalendar.Days360, out _),
            LeadTimes = [TimeSpan.Zero, TimeSpan.FromMinutes(90)],
            Latitude = [10, 0.1],
            Longitude = [0, 120, 240],
            Variables = [new FieldVariable("u", "m s-1") { KeepBits = 7, OverTime = TimeMethod.Sum }, new FieldVariable("q")],
        };
        return kind switch
        {
            "plane" => grid with { OnPlane = true, Precision = FieldPrecision.Double, GridNames = GridNames.Short },
            "mesh" => grid with { Latitude = [0], Longitude = [0], Mesh = new([0, 1, 0], [0, 0, 1], [5, 6, 7], [0, 1, 2]) },
            _ => grid,
        };
    }
}
