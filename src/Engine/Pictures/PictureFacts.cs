namespace Cairn.Engine.Pictures;

/// <summary>What the page knows besides the fields: axes, times, names, and what was thinned, as JSON and as sentences.</summary>
internal sealed class PictureFacts(
    CommittedTimes times, PicturePlan plan, GridOrder order, PictureCaption caption, PictureScores scores)
{
    private readonly StoredFields _fields = times.Longest.Fields;
    private readonly IReadOnlyList<TimeSpan> _shown = [.. plan.LeadTimes().Select(i => times.Longest.LeadTimes[i])];

    public JsonObject ToJson()
    {
        var json = OfAll();
        foreach (var (key, value) in OfTime(times.Shown[0]))
            json[key] = value?.DeepClone();
        if (times.Shown.Count > 1)
            json["times"] = new JsonArray([.. times.Shown.Select(OfTime)]);
        return json;
    }

    private JsonObject OfTime(CommittedFields committed) => new()
    {
        ["facts"] = Pairs(Facts(committed)),
        ["pending"] = Pending(committed),
        ["initial"] = Moment(committed, TimeSpan.Zero),
        ["valid"] = Array(_shown.Select(leadTime => Moment(committed, leadTime))),
        ["counts"] = Array(_shown.Select(committed.Count)),
    };

    private JsonObject OfAll() => new()
    {
        ["name"] = caption.Name,
        ["leadSeconds"] = Array(_shown.Select(t => t.TotalSeconds)),
        ["leadTexts"] = Array(_shown.Select(Lead)),
        ["lastLeadSeconds"] = _fields.LeadTimes[^1].TotalSeconds,
        ["members"] = _fields.Members,
        ["shownMembers"] = Array(plan.Members()),
        ["isGlobe"] = order.IsGlobe,
        ["goesAround"] = order.GoesAround,
        ["mesh"] = MeshOutline.Of(_fields),
        ["rowUnits"] = _fields.Rows.Units,
        ["columnUnits"] = _fields.Columns.Units,
        ["statistics"] = Grid(order.Thinned(plan.StatisticsStep), plan.StatisticsBits),
        ["member"] = Grid(order.Thinned(plan.MemberMapStep), plan.MemberBits),
        ["first"] = Math.Max(0, _fields.Variables.ToList().FindIndex(variable => variable.Field.Name == caption.First)),
        ["variables"] = new JsonArray([.. _fields.Variables.Select(Variable)]),
        ["thinned"] = Array(Thinned()),
        ["scores"] = scores.ToJson(),
    };

    private IEnumerable<(string, string)> Facts(CommittedFields committed)
    {
        foreach (var fact in caption.Facts)
            yield return fact;
        yield return ("members", Text($"{_fields.Members}"));
        yield return ("initial time", Moment(committed, TimeSpan.Zero));
        if (times.InStore > 1)
            yield return ("initial times", Text($"{times.InStore} in the store"));
        if (_fields.Mesh is { } mesh)
        {
            yield return ("mesh", $"{Plural(mesh.Count, "triangle")}, {MeshOutline.Extent(mesh)}");
            yield return ("lead times", Text($"{_fields.LeadTimes.Count} in the store, to {Lead(_fields.LeadTimes[^1])}"));
            yield break;
        }
        var (rows, columns) = order.IsGlobe ? ("latitude", "longitude") : ("row", "column");
        yield return ("grid", $"{Plural(_fields.Rows.Values.Count, rows)} x {Plural(_fields.Columns.Values.Count, columns)}, {Extent()}");
        yield return ("lead times", Text($"{_fields.LeadTimes.Count} in the store, to {Lead(_fields.LeadTimes[^1])}"));
    }

    private string Extent()
    {
        var (rows, columns) = (order.RowValues, order.ColumnValues);
        return order.IsGlobe
            ? $"{Degrees(rows[^1], "N", "S")} to {Degrees(rows[0], "N", "S")}, {Longitude(columns[0])} to {Longitude(columns[^1])}"
            : Text($"y from {rows[^1]:0.###} to {rows[0]:0.###} {_fields.Rows.Units}, ")
                + Text($"x from {columns[0]:0.###} to {columns[^1]:0.###} {_fields.Columns.Units}");
    }

    private static string Longitude(double degrees) => Degrees(Math.IEEERemainder(degrees, 360), "E", "W");

    private static string Degrees(double degrees, string above, string below) =>
        Text($"{Math.Abs(degrees):0.###}°{(degrees > 0 ? above : degrees < 0 ? below : "")}");

    private static string Plural(int count, string thing) => Text($"{count} {thing}{(count == 1 ? "" : "s")}");

    /// <summary>Which lead times are not committed, or nothing when all are.</summary>
    private string Pending(CommittedFields committed)
    {
        var all = _fields.LeadTimes;
        if (committed.WholeLeadTimes == all.Count)
            return "";
        var text = committed.WholeLeadTimes == 0
            ? "No lead time is committed in all members yet. "
            : $"The run is not finished: all members are committed to lead time {Lead(all[committed.WholeLeadTimes - 1])}. ";
        if (committed.LeadTimes.Count > committed.WholeLeadTimes)
        {
            var last = committed.LeadTimes[^1];
            text += Text($"From {Lead(all[committed.WholeLeadTimes])} to {Lead(last)} only some members are ")
                + "(mean and spread are of those). ";
        }
        return committed.LeadTimes.Count == all.Count ? text.TrimEnd()
            : text + $"Lead times {Lead(all[committed.LeadTimes.Count])} to {Lead(all[^1])} are not committed yet.";
    }

    private IEnumerable<string> Thinned()
    {
        if (scores.Note is { } note)
            yield return note;
        if (times.Step > 1)
            yield return Text($"Every {Ordinal(times.Step)} initial time is kept ({times.Shown.Count} of {times.InStore}).");
        if (plan.MemberMapStep > 1)
            yield return Text($"Members: every {Ordinal(plan.MemberMapStep)} row and column of the grid is kept.");
        if (plan.HasStatistics && plan.StatisticsStep > 1)
            yield return "Mean and spread: of all members; "
                + Text($"every {Ordinal(plan.StatisticsStep)} row and column of the grid is kept.");
        if (plan.LeadTimeStep > 1)
            yield return Text($"Every {Ordinal(plan.LeadTimeStep)} lead time of the store is kept, and the last.");
        if (plan.MemberStep > 1)
            yield return Text($"Every {Ordinal(plan.MemberStep)} member is kept ({plan.Members().Count} of {_fields.Members}); ")
                + "mean and spread are of all.";
    }

    private static string Ordinal(int step) => step switch
    {
        2 => "second",
        3 => "third",
        _ => Text($"{step}th"),
    };

    private string Lead(TimeSpan leadTime) => ReadableTime.Of(leadTime, _fields.LeadTimes[^1]);
    private static string Moment(CommittedFields committed, TimeSpan leadTime) => committed.Fields.Time.Add(leadTime).ToString();

    private static JsonObject Variable(StoredVariable variable) => new()
    {
        ["name"] = variable.Field.Name, ["units"] = variable.Field.Units ?? "", ["longName"] = variable.Field.LongName ?? "",
    };

    private static JsonObject Grid(GridOrder grid, int bits) => new()
    {
        ["rows"] = Array(grid.RowValues), ["columns"] = Array(grid.ColumnValues), ["bits"] = bits,
    };

    private static JsonArray Pairs(IEnumerable<(string, string)> pairs) => new([.. pairs.Select(p => new JsonArray(p.Item1, p.Item2))]);
    private static JsonArray Array<T>(IEnumerable<T> values) => new([.. values.Select(v => JsonValue.Create(v))]);
    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
