namespace Cairn.Engine.Sources;

/// <summary>The fields that another run wrote, of one member at one lead time: what <c>initial { source = zarr }</c> reads. Their time is
/// that of the other run's initial condition and the lead time, in its calendar.</summary>
internal static class StoredRun
{
    /// <summary>Reads what the spec names, or the lead time that stands for <paramref name="time"/>.</summary>
    internal static InitialCondition Read(InitialSpec spec, CfTime? time)
    {
        var store = Open(spec);
        var layout = store.Layout;
        var named = spec.Time?.Text is { } text ? CfTime.Parse(text, layout.Time.Calendar, out _) : (CfTime?)null;
        var index = (time ?? named) is { } wanted ? IndexAt(store, spec, wanted) : Index(store, spec);
        var fields = new double[checked(spec.Variables.Count * layout.PlaneLength)];
        for (var i = 0; i < spec.Variables.Count; i++)
            Field(store, spec, spec.Variables[i], index).CopyTo(fields.AsSpan(i * layout.PlaneLength));
        var unit = layout.Mesh is not null ? GridUnit.Triangles : layout.OnPlane ? GridUnit.Metres : GridUnit.Degrees;
        var units = spec.Variables.ToDictionary(v => v.Name, v => Variable(store, spec, v).Units);
        return new InitialCondition(
            spec.VariableNames, new LatLonGrid(layout.Latitude, layout.Longitude) { Unit = unit }, fields,
            layout.Time.Add(layout.LeadTimes[index]), units);
    }

    /// <summary>The times that the member has committed.</summary>
    internal static IReadOnlyList<CfTime> Times(InitialSpec spec)
    {
        var store = Open(spec);
        var committed = Committed(store, spec);
        return [.. store.Layout.LeadTimes.TakeWhile(t => t <= committed).Select(store.Layout.Time.Add)];
    }

    private static IFieldStore Open(InitialSpec spec)
    {
        var store = FieldStoreKinds.Open(new PosixFiles(), spec.Path);
        store.Layout.RequireOneTime(spec.Path);
        return store;
    }

    private static int Index(IFieldStore store, InitialSpec spec)
    {
        var committed = Committed(store, spec);
        if (spec.LeadTime is not { } wanted)
            return LastAt(store.Layout.LeadTimes, committed);
        if (wanted > committed)
            throw new DataException($"{spec.Path}: the lead time {LeadTimeText.Of(wanted)} of member {spec.Member} is not committed; "
                + $"expected one up to {LeadTimeText.Of(committed)}. Use one of these, or continue that run.");
        var index = store.Layout.LeadTimes.ToList().IndexOf(wanted);
        return index >= 0
            ? index
            : throw new DataException($"{spec.Path} has no lead time {LeadTimeText.Of(wanted)}; it has {Range(store.Layout)}. Use one of "
                + "these.");
    }

    private static int IndexAt(IFieldStore store, InitialSpec spec, CfTime wanted)
    {
        var committed = Committed(store, spec);
        var index = store.Layout.LeadTimes.ToList().FindIndex(leadTime => store.Layout.Time.Add(leadTime) == wanted);
        return index >= 0 && store.Layout.LeadTimes[index] <= committed
            ? index
            : throw new DataException($"{spec.Path} holds no fields of member {spec.Member} at {wanted}; they are committed from "
                + $"{store.Layout.Time} to {store.Layout.Time.Add(committed)}, and it has {Range(store.Layout)}. Use times among these.");
    }

    private static TimeSpan Committed(IFieldStore store, InitialSpec spec)
    {
        var member = spec.Member;
        if (member >= store.Layout.Members)
            throw new DataException($"{spec.Path} has no member {member}; it has {store.Layout.Members}, numbered from 0. "
                + "Set initial.member to one of these.");
        return store.Committed(member) is { } committed && committed >= store.Layout.LeadTimes[0]
            ? committed
            : throw new DataException($"{spec.Path}: nothing of member {member} is committed yet. Wait for that run's first commit, or "
                + "use another member.");
    }

    private static int LastAt(IReadOnlyList<TimeSpan> leadTimes, TimeSpan committed)
    {
        var last = 0;
        for (var i = 0; i < leadTimes.Count && leadTimes[i] <= committed; i++)
            last = i;
        return last;
    }

    private static double[] Field(IFieldStore store, InitialSpec spec, InitialVariable variable, int index)
    {
        var length = store.Layout.PlaneLength;
        var values = store.Read(spec.Member, index, 1, Variable(store, spec, variable).Name);
        values = spec.Missing is { } missing ? [.. values.Select(value => double.IsFinite(value) ? value : missing)] : values;
        var bad = length - values.Count(double.IsFinite);
        return bad == 0
            ? values
            : throw new DataException($"{spec.Path}: {bad} of {length} values of {variable.FileVariable} of member {spec.Member} at lead "
                + $"time {LeadTimeText.Of(store.Layout.LeadTimes[index])} are missing or not finite; expected a complete field. Check "
                + "the store with xarray, or use another lead time.");
    }

    private static FieldVariable Variable(IFieldStore store, InitialSpec spec, InitialVariable variable) =>
        store.Layout.Variables.FirstOrDefault(v => v.Name == variable.FileVariable)
        ?? throw new DataException($"{spec.Path} has no variable {variable.FileVariable}; it has "
            + $"{string.Join(", ", store.Layout.Variables.Select(v => v.Name))}. Correct initial.variables.{variable.Name}.");

    private static string Range(FieldLayout layout) =>
        $"{layout.LeadTimes.Count} lead times from {LeadTimeText.Of(layout.LeadTimes[0])} to {LeadTimeText.Of(layout.LeadTimes[^1])}";
}
