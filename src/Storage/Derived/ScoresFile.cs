using System.Text.Json.Nodes;
using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>A number, or several, for each lead time.</summary>
/// <param name="Name">The variable of the file.</param>
/// <param name="LongName">What it is, in words.</param>
/// <param name="Units">Its units; null where they are not known.</param>
/// <param name="Values">One a lead time; or <see cref="PerLeadTime"/> of them for each.</param>
public sealed record ScoreSeries(string Name, string LongName, string? Units, IReadOnlyList<double> Values)
{
    /// <summary>How many values a lead time has, along the dimension <c>rank</c>; 1 where there is no such dimension.</summary>
    public int PerLeadTime { get; init; } = 1;
}

/// <summary>What a file of scores holds.</summary>
/// <param name="LeadTimes">The lead times that were scored.</param>
/// <param name="Series">The scores.</param>
/// <param name="Attributes">What the file says of itself, by name.</param>
/// <param name="Provenance">Where the scored fields come from; null if unknown.</param>
public sealed record StoredScores(
    IReadOnlyList<TimeSpan> LeadTimes, IReadOnlyList<ScoreSeries> Series, IReadOnlyDictionary<string, string> Attributes,
    Provenance? Provenance);

/// <summary>Scores of a forecast in one NetCDF-4 file (CF-1.10), by the time that the fields are valid at; means over several initial times
/// by lead time.</summary>
public static class ScoresFile
{
    private const string Rank = "rank";

    /// <summary>Writes the file whole, replacing what was there; it is durable when this returns.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The file.</param>
    /// <param name="layout">The fields that were scored; its lead times are the file's.</param>
    /// <param name="attributes">Further global attributes of the file.</param>
    /// <param name="series">The scores.</param>
    /// <param name="isMean">Whether they are means over the layout's initial times.</param>
    /// <exception cref="TransientException">The disk failed; existing files are untouched.</exception>
    public static void Write(
        IDurableFiles files, string path, FieldLayout layout, IReadOnlyList<(string Name, string Text)> attributes,
        IReadOnlyList<ScoreSeries> series, bool isMean = false) =>
        DerivedFile.Write(files, path, file => Write(file, layout with { Variables = [] }, attributes, series, isMean));

    /// <summary>Reads such a file.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="DataException">It is no such file, or was cut short.</exception>
    /// <exception cref="SpecException">libnetcdf is not installed; the message says how to get it.</exception>
    public static StoredScores Read(byte[] bytes, string name)
    {
        using var file = NetCdfFile.OpenInMemory(bytes, name);
        var period = file.Variable(FieldsHeader.Period);
        var seconds = SecondsOf(period.Text("units"), name);
        return new(
            [.. file.ReadDoubles(period).Select(value => TimeSpan.FromSeconds(Math.Round(value * seconds, 6)))],
            [
                .. file.Variables.Where(v => v.Text("long_name") is not null && v.Text("standard_name") is null && v.Name != Rank)
                    .Select(v => new ScoreSeries(v.Name, v.Text("long_name")!, v.Text("units"), file.ReadDoubles(v))
                    {
                        PerLeadTime = v.Dimensions.Count > 1 ? (int)v.Dimensions[1].Length : 1,
                    }),
            ],
            file.Attributes.Where(a => a.Value.Text is not null).ToDictionary(a => a.Key, a => a.Value.Text!),
            Provenance.Read(new JsonObject(file.Attributes.Where(a => a.Value.Text is not null)
                .Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value.Text)))));
    }

    private static long SecondsOf(string? units, string name)
    {
        try
        {
            return LeadTimeUnit.Named(units).Seconds;
        }
        catch (FormatException e)
        {
            throw new DataException($"{name}: {e.Message}", e);
        }
    }

    private static void Write(
        NetCdfWriter file, FieldLayout layout, IReadOnlyList<(string Name, string Text)> attributes, IReadOnlyList<ScoreSeries> series,
        bool isMean)
    {
        var header = new FieldsHeader(file, layout, MembersOfFile.None) { IsOverTimes = isMean };
        header.DefineTimeAxis();
        foreach (var (name, text) in attributes)
            file.DefineAttribute(null, name, text);

        var ranks = series.Select(s => s.PerLeadTime).DefaultIfEmpty(1).Max();
        if (ranks > 1)
        {
            file.DefineDimension(Rank, ranks);
            file.DefineVariable(Rank, NetCdfType.Int32, [Rank]);
            file.DefineAttribute(Rank, "long_name", "members below the truth");
            file.DefineAttribute(Rank, "units", "1");
        }

        foreach (var score in series)
            Define(file, score, layout.LeadTimes.Count, header);

        file.EndDefinition();
        header.WriteTimeAxis();
        foreach (var score in series)
        {
            long[] shape = score.PerLeadTime > 1 ? [layout.LeadTimes.Count, score.PerLeadTime] : [layout.LeadTimes.Count];
            file.Write(score.Name, [.. shape.Select(_ => 0L)], shape, (double[])[.. score.Values]);
        }

        if (ranks > 1)
            file.Write(Rank, [0], [ranks], (int[])[.. Enumerable.Range(0, ranks)]);
    }

    private static void Define(NetCdfWriter file, ScoreSeries score, int leadTimes, FieldsHeader header)
    {
        long[] chunks = score.PerLeadTime > 1 ? [leadTimes, score.PerLeadTime] : [leadTimes];
        string[] dimensions = score.PerLeadTime > 1 ? [header.TimeAxis, Rank] : [header.TimeAxis];
        file.DefineVariable(score.Name, NetCdfType.Double, dimensions, new NetCdfStorage(chunks, 0));
        file.DefineFill(score.Name, double.NaN);
        file.DefineAttribute(score.Name, "long_name", score.LongName);
        if (!header.IsOverTimes)
            file.DefineAttribute(score.Name, "coordinates", "forecast_period forecast_reference_time");

        if (score.Units is { } units)
            file.DefineAttribute(score.Name, "units", units);
    }
}
