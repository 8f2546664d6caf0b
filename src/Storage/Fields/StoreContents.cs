using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields;

/// <summary>All that a field store holds, as arrays and what is said of them: what two stores are compared by.</summary>
public abstract class StoreContents
{
    /// <summary>The names of the arrays, in a fixed order.</summary>
    public abstract IEnumerable<string> ArrayNames { get; }

    /// <summary>What is said of an array, or of the store itself where that is null.</summary>
    public abstract JsonObject Attributes(string? array);

    /// <summary>How an array is laid out.</summary>
    public abstract JsonObject LayoutOf(string array);

    /// <summary>One of <see cref="ArrayNames"/>.</summary>
    /// <exception cref="DataException">It is damaged, or of a kind that is not read here.</exception>
    public abstract IStoredArray Array(string name);

    /// <summary>Those of a store that is open: its fields, and what its layout says.</summary>
    public static StoreContents Of(IFieldStore store) => new ByLayout(store);

    private sealed class ByLayout(IFieldStore store) : StoreContents
    {
        private readonly FieldLayout _layout = store.Layout;
        private readonly FieldDescription _description = new(store.Layout);

        public override IEnumerable<string> ArrayNames => _layout.Variables.Select(v => v.Name).Order(StringComparer.Ordinal);

        public override JsonObject Attributes(string? array)
        {
            if (array is not null)
                return _description.Of(array);

            var attributes = new JsonObject
            {
                ["time"] = string.Join(' ', _layout.Times),
                ["lead_times"] = new JsonArray([.. _layout.LeadTimes.Select(t => (JsonNode)t.ToString("c"))]),
                ["rows"] = new JsonArray([.. _layout.Latitude.Select(value => (JsonNode)value)]),
                ["columns"] = new JsonArray([.. _layout.Longitude.Select(value => (JsonNode)value)]),
                ["run"] = _layout.Run,
            };
            foreach (var (name, text) in _layout.Provenance?.Attributes ?? [])
                attributes[name] = text;

            return attributes;
        }

        public override JsonObject LayoutOf(string array) => new()
        {
            ["shape"] = new JsonArray([.. Fields(array).Shape.Select(extent => (JsonNode)extent)]),
            ["lead_times_per_chunk"] = _layout.LeadTimesPerChunk,
        };

        public override IStoredArray Array(string name) => Fields(name);

        private StoredVariableArray Fields(string name) => new(store, name);
    }

    /// <summary>The fields of one variable, [member over all initial times, lead time, row, column].</summary>
    private sealed class StoredVariableArray(IFieldStore store, string name) : IStoredArray
    {
        private readonly FieldLayout _layout = store.Layout;

        public IReadOnlyList<long> Shape =>
            [_layout.Numbers.Count, _layout.LeadTimes.Count, _layout.Latitude.Count, _layout.Longitude.Count];

        public IReadOnlyList<long> Chunks => [1, _layout.LeadTimesPerChunk, _layout.Latitude.Count, _layout.Longitude.Count];

        public NpyDType DType { get; } = new('f', sizeof(double));

        public byte[]? Read(IReadOnlyList<long> start, IReadOnlyList<long> extent)
        {
            if (extent is not [1, var count, var rows, var columns] || start[2] + start[3] != 0 || rows * columns != _layout.PlaneLength)
                throw new ArgumentException("Whole fields of one member are read.", nameof(extent));

            var (member, first) = ((int)start[0], (int)start[1]);
            return Enumerable.Range(first, (int)count).All(at => !store.HasChunk(member, at - (at % _layout.LeadTimesPerChunk), name))
                ? null
                : MemoryMarshal.AsBytes(store.Read(member, first, (int)count, name).AsSpan()).ToArray();
        }
    }
}

/// <summary>An array of a field store, read region by region.</summary>
public interface IStoredArray
{
    /// <summary>Its extents, from 0.</summary>
    IReadOnlyList<long> Shape { get; }

    /// <summary>The extents of what is read at once, from 1.</summary>
    IReadOnlyList<long> Chunks { get; }

    /// <summary>Its elements' type.</summary>
    NpyDType DType { get; }

    /// <summary>The elements of a region in C order, or null when nothing of it was ever written.</summary>
    /// <exception cref="DataException">A chunk is damaged.</exception>
    byte[]? Read(IReadOnlyList<long> start, IReadOnlyList<long> extent);
}
