using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Fields;

/// <summary>A field store that is only read: what it holds by its own word, without the layout of the run that writes it. It may grow and
/// fill meanwhile; what was there when it was opened is read.</summary>
public abstract class StoredFields
{
    /// <summary>Where the store is.</summary>
    public abstract string Path { get; }

    /// <summary>The ensemble's size; members are numbered from 0.</summary>
    public abstract int Members { get; }

    /// <summary>The time of the initial condition; the first of several, unless <see cref="At"/> chose another.</summary>
    public abstract CfTime Time { get; }

    /// <summary>The initial times of the store.</summary>
    public virtual IReadOnlyList<CfTime> Times => [Time];

    /// <summary>The lead times that the store has room for, growing.</summary>
    public abstract IReadOnlyList<TimeSpan> LeadTimes { get; }

    /// <summary>The grid's rows, latitudes or metres.</summary>
    public abstract StoredAxis Rows { get; }

    /// <summary>The grid's columns, longitudes or metres.</summary>
    public abstract StoredAxis Columns { get; }

    /// <summary>The mesh whose triangles the fields lie on, or null for a grid: there is one row then, and the columns are numbers of
    /// triangles.</summary>
    public abstract FieldMesh? Mesh { get; }

    /// <summary>The fields, by name.</summary>
    public abstract IReadOnlyList<StoredVariable> Variables { get; }

    /// <summary>The fields of one of several initial times, from 0.</summary>
    public virtual StoredFields At(int time) => time == 0 && Times.Count == 1
        ? this
        : throw new SpecException($"{Path} has no initial time {time}; it has {Times.Count}, numbered from 0.");

    /// <summary>Values of one field at one lead time.</summary>
    public int PlaneLength => Rows.Values.Count * Columns.Values.Count;

    /// <summary>The lead time up to which a member is committed, or null.</summary>
    public abstract TimeSpan? Committed(int member);

    /// <summary>Reads fields of one member.</summary>
    /// <param name="variable">A name of <see cref="Variables"/>.</param>
    /// <param name="member">The member, from 0.</param>
    /// <param name="firstLeadTime">Index of the first lead time.</param>
    /// <param name="count">How many lead times.</param>
    /// <returns>Values [lead time, row, column]; NaN where nothing was written.</returns>
    /// <exception cref="DataException">A chunk is damaged.</exception>
    public abstract double[] Read(string variable, int member, int firstLeadTime, int count);

    /// <summary>Those of a store that is open.</summary>
    /// <param name="store">The store.</param>
    /// <param name="path">Where it is.</param>
    public static StoredFields Of(IFieldStore store, string path) => new ByLayout(store, path);

    private sealed class ByLayout(IFieldStore store, string path) : StoredFields
    {
        private readonly FieldLayout _layout = store.Layout;

        public override string Path => path;
        public override int Members => _layout.Members;
        public override CfTime Time => _layout.Time;
        public override IReadOnlyList<CfTime> Times => _layout.Times;
        public override StoredFields At(int time) => Times.Count == 1 ? base.At(time) : new ByLayout(store.At(time), path);
        public override IReadOnlyList<TimeSpan> LeadTimes => _layout.LeadTimes;
        public override StoredAxis Rows => new(_layout.Latitude, Units("degrees_north"));
        public override StoredAxis Columns => new(_layout.Longitude, Units("degrees_east"));
        public override FieldMesh? Mesh => _layout.Mesh;

        public override IReadOnlyList<StoredVariable> Variables =>
        [
            .. _layout.Variables.OrderBy(v => v.Name, StringComparer.Ordinal).Select(v => new StoredVariable(v, _layout.LeadTimesPerChunk)),
        ];

        public override TimeSpan? Committed(int member) => store.Committed(member);

        public override double[] Read(string variable, int member, int firstLeadTime, int count) =>
            store.Read(member, firstLeadTime, count, variable);

        private string Units(string degrees) => _layout.Mesh is not null ? "" : _layout.OnPlane ? "m" : degrees;
    }
}

/// <summary>One axis of a stored grid.</summary>
/// <param name="Values">Its coordinates, in the order of the fields.</param>
/// <param name="Units">What they are measured in, such as <c>degrees_north</c> or <c>m</c>; empty where the store does not say.</param>
public sealed record StoredAxis(IReadOnlyList<double> Values, string Units)
{
    /// <summary>Whether these are degrees on the globe.</summary>
    public bool IsDegrees => Units.StartsWith("degree", StringComparison.Ordinal);
}

/// <summary>A variable of a store.</summary>
/// <param name="Field">Its name and description.</param>
/// <param name="LeadTimesPerChunk">How many lead times a chunk holds.</param>
public sealed record StoredVariable(FieldVariable Field, int LeadTimesPerChunk);
