namespace Cairn.Storage.NetCdf;

/// <summary>What a dimension of a field counts, and the variable with its values; null if there is none.</summary>
internal sealed record DimensionCoordinate(NetCdfDimension Dimension, Axis Axis, NetCdfVariable? Variable);

/// <summary>The coordinates of a field (CF conventions 5): of a dimension's own name, and those that are no dimension, which its attribute
/// <c>coordinates</c> names or which tell by their attributes what they are.</summary>
internal sealed class FieldCoordinates
{
    private readonly NetCdfFile _file;
    private readonly NetCdfVariable _field;
    private readonly List<string> _names;
    private readonly List<NetCdfVariable> _named;
    private readonly List<NetCdfVariable> _others;

    internal FieldCoordinates(NetCdfFile file, NetCdfVariable field)
    {
        _file = file;
        _field = field;
        _names = [.. Words(field.Text("coordinates")), .. Words(file.Attributes.GetValueOrDefault("coordinates")?.Text)];
        var bounds = file.Variables.SelectMany(v => Words(v.Text("bounds")).Concat(Words(v.Text("climatology")))).ToHashSet();
        var all = file.Variables.Where(v => v.Name != field.Name && !bounds.Contains(v.Name)).ToList();
        _named = [.. all.Where(v => _names.Contains(v.Name))];
        _others = [.. all.Where(v => !_names.Contains(v.Name))];
    }

    /// <summary>What a dimension counts, by the variable of its name, or else by the only other one along it.</summary>
    /// <exception cref="DataException">Several others lie along it.</exception>
    internal DimensionCoordinate Along(NetCdfDimension dimension)
    {
        var own = _file.TryGetVariable(dimension.Name, out var variable) && variable.Dimensions is [var only] && only == dimension
            ? variable
            : null;
        var axis = own is null ? Axis.Other : Axes.Of(own);
        if (IsWanted(axis))
            return new DimensionCoordinate(dimension, axis, own);

        return Auxiliary(dimension) is { } other
            ? new DimensionCoordinate(dimension, Axes.Of(other), other)
            : new DimensionCoordinate(dimension, own is null ? Axes.ByName(dimension.Name) : axis, own);
    }

    /// <summary>Refuses, by name, coordinates over several dimensions, latitudes and longitudes over none, and reference times in place of
    /// times.</summary>
    internal void RequireOneDimensional(IReadOnlyList<DimensionCoordinate> along)
    {
        foreach (var axis in new[] { Axis.Time, Axis.Latitude, Axis.Longitude }.Where(a => along.All(d => d.Axis != a)))
        {
            if (_named.Concat(_others).FirstOrDefault(v => IsOverSeveral(v, axis)) is { } found)
                throw new DataException($"{_file.Path}: the {Word(axis)} of {_field} is {found}, of several dimensions. Expected one along "
                    + $"one dimension. {(axis == Axis.Time ? "Take one forecast out of the file first (ncks -d, or isel of xarray)" :
                        "Regrid the fields to latitudes and longitudes first (cdo remapbil)")}.");
        }

        foreach (var axis in new[] { Axis.Latitude, Axis.Longitude }.Where(a => along.All(d => d.Axis != a)))
        {
            if (_named.Concat(_others).FirstOrDefault(v => v.Size == 1 && Axes.Of(v) == axis) is { } found)
                throw new DataException($"{_file.Path}: the {Word(axis)} of {_field} is {found.Name}, one value and no dimension. Expected "
                    + $"a dimension, of length 1 if need be. Make it one first (expand_dims(\"{found.Name}\") of xarray).");
        }

        if (along.All(d => d.Axis != Axis.Time)
            && along.FirstOrDefault(d => d is { Axis: Axis.ReferenceTime, Dimension.Length: > 1 }) is { } reference)
        {
            throw new DataException($"{_file.Path}: the dimension {reference.Dimension.Name} of {_field} counts the times at which "
                + $"forecasts started ({reference.Variable!.Name}:standard_name = \"forecast_reference_time\"), not the valid times of "
                + "the fields. Expected a coordinate with the standard_name \"time\" along it. Add one, or take one forecast out of the "
                + "file.");
        }
    }

    /// <summary>The scalar coordinates that give the time of a field without a time dimension.</summary>
    internal IReadOnlyList<NetCdfVariable> SingleTimes()
    {
        var named = _named.Where(v => Axes.Of(v) == Axis.Time).ToList();
        return named.Count > 0 ? named : [.. _others.Where(v => v.Size == 1 && Axes.SaysValidity(v))];
    }

    /// <summary>Why the time of a field without one is unknown, or null if its file has no times at all.</summary>
    internal string? WhyTimeIsUnknown()
    {
        var times = _named.Concat(_others).Where(v => v.Size == 1 && Axes.Of(v) is Axis.Time or Axis.ReferenceTime).ToList();
        if (times.FirstOrDefault(v => Axes.Of(v) == Axis.ReferenceTime) is { } reference)
            return $"{reference.Name} is the start of the forecast (standard_name = \"forecast_reference_time\"), and no coordinate has "
                + "the valid time of the fields";

        if (times is [var found, ..])
            return $"{found.Name} ({found.Text("units")}) is a time, but it is not known whether it is that of {_field.Name}";

        return _names.FirstOrDefault(n => Axes.ByName(n) == Axis.Time && !_file.TryGetVariable(n, out _)) is { } absent
            ? $"{_field.Name}:coordinates names {absent}, which the file does not have"
            : null;
    }

    private NetCdfVariable? Auxiliary(NetCdfDimension dimension)
    {
        var candidates = _named.Where(LiesAlong).ToList();
        candidates = candidates.Count > 0 ? candidates : [.. _others.Where(LiesAlong)];
        return candidates.Count <= 1
            ? candidates.FirstOrDefault()
            : throw new DataException($"{_file.Path}: {string.Join(" and ", candidates.Select(v => v.Name))} lie along the dimension "
                + $"{dimension.Name} of {_field}. Expected one of them. Name it alone in {_field.Name}:coordinates.");

        bool LiesAlong(NetCdfVariable variable) => IsWanted(Axes.Of(variable))
            && (variable.Dimensions is [var only] ? only == dimension
                : dimension.Length > 1 && variable.Dimensions.Where(d => d.Length != 1).ToList() is [var long1] && long1 == dimension);
    }

    private bool IsOverSeveral(NetCdfVariable variable, Axis axis) => variable.Dimensions.Count > 1 && variable.Size > 1
        && Axes.Of(variable) == axis && variable.Dimensions.All(_field.Dimensions.Contains);

    private static bool IsWanted(Axis axis) => axis is Axis.Time or Axis.Latitude or Axis.Longitude;

    private static string Word(Axis axis) => axis switch
    {
        Axis.Time => "time",
        Axis.Latitude => "latitude",
        _ => "longitude",
    };

    private static string[] Words(string? text) => (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
