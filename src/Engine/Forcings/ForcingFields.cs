namespace Cairn.Engine.Forcings;

/// <summary>What a model's steps are given besides the state: fields that depend on the time of the step alone. They are worked out
/// or read when a step wants them, so that no session holds them, and a restart, a batch or a branch finds the same. For any number of
/// threads.</summary>
internal sealed class ForcingFields : IDisposable
{
    // Batches of a node are at steps near each other.
    private const int KeptTimes = 8;

    private readonly Lock _turn = new();
    private readonly IReadOnlyList<ForcingSpec> _forcing;
    private readonly LatLonGrid _grid;
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly Dictionary<string, ForcingSource> _sources;
    private readonly List<(CfTime Start, Tensor Fields)> _kept = [];

    private ForcingFields(IReadOnlyList<ForcingSpec> forcing, LatLonGrid grid, ScalarType dtype, Device device)
    {
        (_forcing, _grid, _dtype, _device) = (forcing, grid, dtype, device);
        _sources = forcing.Where(f => f.Source is not null)
            .ToDictionary(f => f.Name, f => new ForcingSource(f, grid));
    }

    /// <summary>Their names, in the order of the fields' first axis.</summary>
    internal IReadOnlyList<string> Names => [.. _forcing.Select(f => f.Name)];

    internal static ForcingFields? Of(ModelSpec model, LatLonGrid grid, ScalarType dtype, Device device)
    {
        if (model.Forcing.Count == 0)
            return null;
        if (grid.Unit != GridUnit.Degrees && model.Forcing.FirstOrDefault(f => f.Quantity is not
            (null or ForcingQuantity.SinYear or ForcingQuantity.CosYear)) is { } placed)
        {
            throw new SpecException($"{placed.Key} is {SpecText.Word(placed.Quantity!.Value)}, but the grid is in "
                + $"{grid.Unit.ToString().ToLowerInvariant()}; expected latitudes and longitudes. Read it from a file instead.");
        }
        return new ForcingFields(model.Forcing, grid, dtype, device);
    }

    /// <summary>Checks that all is there which the steps of a run want, from each of its initial times.</summary>
    /// <returns>Whose fields stores hold: what counts of a store, which may grow while the run goes on.</returns>
    internal static IReadOnlyList<SpecEntry> Require(RunSpec spec, LatLonGrid grid, IReadOnlyList<CfTime> initialTimes)
    {
        using var fields = Of(spec.Model, grid, ScalarType.Float64, CPU);
        foreach (var forcing in spec.Model.Forcing.Where(f => f.Source is not null))
        {
            var steps = Enumerable.Range(0, checked((int)(spec.LeadTimes.End.Ticks / spec.Model.Step.Ticks)));
            fields!._sources[forcing.Name].Require([.. initialTimes.SelectMany(initial =>
                steps.Select(step => initial.Add((step * spec.Model.Step) + forcing.At))).Distinct().Order()]);
        }
        return [.. spec.Model.Forcing.Where(f => f.Source?.Source == StoredRunSource.Name)
            .Select(f => new SpecEntry($"{f.Key}.run", FieldStoreKinds.RunOf(new PosixFiles(), f.Source!.Path) ?? "unknown"))];
    }

    /// <summary><c>[forcing, latitude, longitude]</c> of the step that begins at a lead time; the caller disposes it.</summary>
    internal Tensor At(CfTime? initial, TimeSpan leadTime)
    {
        var start = (initial ?? throw new InvalidOperationException("Forcing is counted from an initial time, and none is known."))
            .Add(leadTime);
        lock (_turn)
        {
            if (_kept.FirstOrDefault(kept => kept.Start.Equals(start)).Fields is { } known)
                return known.alias();
            var made = Make(start);
            _kept.Add((start, made));
            if (_kept.Count > KeptTimes)
            {
                _kept[0].Fields.Dispose();
                _kept.RemoveAt(0);
            }
            return made.alias();
        }
    }

    public void Dispose()
    {
        foreach (var (_, fields) in _kept)
            fields.Dispose();
        _kept.Clear();
    }

    private Tensor Make(CfTime start)
    {
        using var scope = NewDisposeScope();
        double[] values = [.. _forcing.SelectMany(f => f.Quantity is { } quantity
            ? SolarGeometry.Field(quantity, start.Add(f.At), _grid) : _sources[f.Name].At(start.Add(f.At)))];
        return Tensors.From(values, _forcing.Count, _grid.Latitudes.Count, _grid.Longitudes.Count).to(_dtype, _device)
            .DetachFromDisposeScope();
    }
}
