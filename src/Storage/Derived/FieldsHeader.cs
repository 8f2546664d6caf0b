using System.Text.Json.Nodes;
using Cairn.Storage.Fields;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Derived;

/// <summary>Which members a NetCDF file has.</summary>
/// <param name="AsAxis">Whether they are an axis of the fields; else the file is one member's.</param>
internal readonly record struct MembersOfFile(int First, int Count, bool AsAxis)
{
    internal static MembersOfFile None => default;
}

/// <summary>Dimensions, coordinates and attributes of a NetCDF file of fields, by the CF conventions 1.10: <c>time</c> is when the fields
/// are valid, first and unlimited as CDO, NCO and GrADS want it; what a forecast has besides goes along with it. Names and words of the
/// fields are those of the store.</summary>
internal sealed class FieldsHeader(NetCdfWriter file, FieldLayout layout, MembersOfFile members)
{
    internal const string Time = "time", Realization = "realization", Period = "forecast_period";
    private const string ReferenceTime = "forecast_reference_time";
    private const string TimeBounds = "time_bnds", Bounds = FieldDescription.Bounds, GridMapping = "crs";
    private readonly FieldDescription _description = new(layout);
    private readonly LeadTimeUnit _unit = LeadTimeUnit.Of(layout.LeadTimes);

    /// <summary>Whether the file has means over initial times: its axis is the lead time then, and no field is valid at one time.</summary>
    internal bool IsOverTimes { get; init; }

    /// <summary>The axis along which there is something for each lead time.</summary>
    internal string TimeAxis => IsOverTimes ? Period : Time;

    /// <summary>The type of the fields' values.</summary>
    internal NetCdfType FieldType => layout.Precision == FieldPrecision.Single ? NetCdfType.Float : NetCdfType.Double;

    /// <summary>The axis of members after time, if there is one.</summary>
    internal IReadOnlyList<string> MemberAxis => members.AsAxis ? [Realization] : [];

    private bool IsOnGlobe => layout.Mesh is null && !layout.OnPlane;

    private IEnumerable<UgridVariable> Mesh => layout.Mesh is { } mesh ? UgridVariable.Of(mesh, layout.Longitude) : [];

    /// <summary>Defines the dimensions and coordinates.</summary>
    internal void Define()
    {
        DefineTimeAxis();
        DefineMembers();
        foreach (var name in layout.Mesh is null ? layout.GridDimensions : [])
        {
            file.DefineDimension(name, name == layout.GridDimensions[0] ? layout.Latitude.Count : layout.Longitude.Count);
            file.DefineVariable(name, NetCdfType.Double, [name]);
            CopyAttributes(name, name);
        }

        var dimensions = Mesh.SelectMany(variable => variable.Dimensions.Zip(variable.Shape)).DistinctBy(dimension => dimension.First);
        foreach (var (name, length) in dimensions)
            file.DefineDimension(name, length);
    }

    /// <summary>Defines the axis of times, and what the whole file is: all that a file without a grid has.</summary>
    internal void DefineTimeAxis()
    {
        file.DefineAttribute(null, "Conventions", FieldDescription.Conventions(layout));
        foreach (var (name, text) in layout.Provenance?.Attributes ?? [])
            file.DefineAttribute(null, name, text);

        file.DefineDimension(TimeAxis, layout.LeadTimes.Count, unlimited: true);
        if (IsOverTimes)
        {
            file.DefineDimension(ReferenceTime, layout.Numbers.Times);
            DefineForecast();
        }
        else
        {
            DefineTimes();
        }
    }

    /// <summary>Defines a variable of fields, compressed, one field a chunk, NaN where nothing is written.</summary>
    /// <param name="overMembers">What was done over the members, as CF names it in <c>cell_methods</c>; null for nothing.</param>
    internal void DefineFields(string name, FieldVariable of, IReadOnlyList<string> between, string? overMembers)
    {
        long[] chunks = [1, .. between.Select(_ => 1L), .. layout.GridShape.Select(length => (long)length)];
        file.DefineVariable(
            name, FieldType, [Time, .. between, .. layout.GridDimensions], new NetCdfStorage(chunks, Math.Max(1, layout.CompressionLevel)));
        if (FieldType == NetCdfType.Float)
            file.DefineFill(name, float.NaN);
        else
            file.DefineFill(name, double.NaN);

        // What is worked out from rounded values is not rounded.
        CopyAttributes(name, of.Name, "coordinates", "cell_methods", name == of.Name ? "" : KeptBits.Attribute);
        string[] coordinates =
        [
            Period, ReferenceTime, .. members is { AsAxis: false, Count: > 0 } ? [Realization] : Array.Empty<string>(),
            .. layout.Mesh is null ? Array.Empty<string>() : [UgridVariable.CoordinatesOfFields],
        ];
        file.DefineAttribute(name, "coordinates", string.Join(' ', coordinates));
        if (IsOnGlobe)
        {
            file.DefineAttribute(name, "grid_mapping", GridMapping);
        }
        else if (layout.Mesh is not null)
        {
            // CDO passes over fields of several members on a mesh unless it is told that the last dimension is all of the grid.
            file.DefineAttribute(name, "CDI_grid_type", "unstructured");
        }

        string?[] methods = [TimeMethods.Name(of.OverTime) is { } over ? $"{Time}: {over}" : null, overMembers];
        if (string.Join(' ', methods.Where(m => m is not null)) is { Length: > 0 } text)
            file.DefineAttribute(name, "cell_methods", text);
    }

    /// <summary>Defines what is no field last, so that the first variable that readers see is a field.</summary>
    internal void EndDefinition()
    {
        if (layout.HasSums)
        {
            file.DefineDimension(Bounds, 2);
            file.DefineVariable(TimeBounds, NetCdfType.Double, [Time, Bounds], new NetCdfStorage([layout.LeadTimes.Count, 2], 0));
        }

        foreach (var variable in Mesh)
        {
            var type = variable.Values is long[] ? NetCdfType.Int32 : NetCdfType.Double;
            file.DefineVariable(variable.Name, type, variable.Dimensions);
            CopyAttributes(variable.Name, variable.Name);
        }

        if (IsOnGlobe)
        {
            file.DefineVariable(GridMapping, NetCdfType.Int32, []);
            file.DefineAttribute(GridMapping, "grid_mapping_name", "latitude_longitude");
            file.DefineAttribute(GridMapping, "longitude_of_prime_meridian", 0.0);
        }

        file.EndDefinition();
    }

    /// <summary>Writes the axis of times, after the definitions have ended.</summary>
    internal void WriteTimeAxis()
    {
        Write(Period, Times);
        var initial = Array.ConvertAll([.. TimeCoordinate.Of(layout.Times).Values], value => (double)value);
        if (IsOverTimes)
        {
            Write(ReferenceTime, initial);
            return;
        }

        Write(Time, Times);
        file.Write(ReferenceTime, [], [], initial);
    }

    /// <summary>Writes the coordinates, after the definitions have ended.</summary>
    internal void WriteCoordinates()
    {
        WriteTimeAxis();
        if (members.AsAxis)
            Write(Realization, [.. Enumerable.Range(members.First, members.Count)]);
        else if (members.Count > 0)
            file.Write(Realization, [], [], [members.First]);

        if (layout.Mesh is null)
        {
            Write(layout.GridDimensions[0], [.. layout.Latitude]);
            // A store that an older version wrote may fall back at the seam.
            Write(layout.GridDimensions[1],
                [.. (layout.OnPlane ? null : LongitudeOrder.Monotonic(layout.Longitude)) ?? layout.Longitude]);
        }

        WriteMesh();
        if (layout.HasSums)
            file.Write(TimeBounds, [0, 0], [Times.Length, 2], (double[])[.. Times.SelectMany(end => new[] { 0, end })]);

        if (IsOnGlobe)
            file.Write(GridMapping, [], [], [0]);
    }

    /// <summary>Writes values of a variable of fields, in the fields' own precision.</summary>
    internal void WriteFields(string name, IReadOnlyList<long> start, IReadOnlyList<long> count, double[] values)
    {
        if (FieldType == NetCdfType.Float)
            file.Write(name, start, count, Array.ConvertAll(values, value => (float)value));
        else
            file.Write(name, start, count, values);
    }

    private double[] Times => [.. layout.LeadTimes.Select(t => t.TotalSeconds / _unit.Seconds)];

    private void Write<T>(string name, T[] values)
        where T : unmanaged => file.Write(name, [0], [values.Length], values);

    private void DefineTimes()
    {
        var calendar = CfCalendars.Name(layout.Time.Calendar);
        var alongTime = new NetCdfStorage([layout.LeadTimes.Count], 0);
        file.DefineVariable(Time, NetCdfType.Double, [Time], alongTime);
        Texts(Time, ("standard_name", "time"), ("long_name", "time that the fields are valid at"), ("axis", "T"), ("calendar", calendar),
            ("units", $"{_unit.Name} since {layout.Time.ToString().Replace('T', ' ')}"));
        if (layout.HasSums)
            Texts(Time, ("bounds", TimeBounds));

        DefineForecast();
    }

    /// <summary>Lead times and initial times.</summary>
    private void DefineForecast()
    {
        file.DefineVariable(Period, NetCdfType.Double, [TimeAxis], new NetCdfStorage([layout.LeadTimes.Count], 0));
        Texts(Period, ("standard_name", Period), ("long_name", "time since the initial condition"), ("units", _unit.Name));
        file.DefineVariable(ReferenceTime, NetCdfType.Double, IsOverTimes ? [ReferenceTime] : []);
        Texts(ReferenceTime, ("standard_name", ReferenceTime), ("long_name", "time of the initial condition"),
            ("calendar", CfCalendars.Name(layout.Time.Calendar)), ("units", TimeCoordinate.Of(layout.Times).Units));
    }

    private void DefineMembers()
    {
        if (members.Count == 0)
            return;

        if (members.AsAxis)
            file.DefineDimension(Realization, members.Count);

        file.DefineVariable(Realization, NetCdfType.Int32, MemberAxis);
        Texts(Realization, ("standard_name", Realization), ("long_name", "ensemble member"), ("units", "1"));
        if (members.AsAxis)
        {
            // By which Panoply and other programs on NetCDF-Java recognise the axis.
            Texts(Realization, ("_CoordinateAxisType", "Ensemble"), ("grads_dim", "e"));
        }
    }

    private void Texts(string variable, params (string Name, string Text)[] attributes)
    {
        foreach (var (name, text) in attributes)
            file.DefineAttribute(variable, name, text);
    }

    /// <summary>Gives a variable the texts and whole numbers among the attributes that one of the store has.</summary>
    private void CopyAttributes(string name, string of, params string[] but)
    {
        foreach (var (key, value) in _description.Of(of).Where(a => !but.Contains(a.Key)))
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var words))
                file.DefineAttribute(name, key, words);
            else if (value is JsonValue number && number.TryGetValue<int>(out var whole))
                file.DefineAttribute(name, key, whole);
        }
    }

    private void WriteMesh()
    {
        foreach (var variable in Mesh)
        {
            long[] start = [.. variable.Shape.Select(_ => 0L)], count = [.. variable.Shape.Select(length => (long)length)];
            if (variable.Values is long[] whole)
                file.Write(variable.Name, start, count, Array.ConvertAll(whole, number => checked((int)number)));
            else
                file.Write(variable.Name, start, count, (double[])variable.Values);
        }
    }
}
