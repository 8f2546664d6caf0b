using System.Text.Json.Nodes;
using Cairn.Engine.Stores;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;

namespace Cairn.Cli.Diff;

/// <summary>Compares two field stores: layout, attributes, coordinates and values, chunk by chunk.</summary>
internal sealed class StoreComparison(Differences differences, IDurableFiles files)
{
    /// <summary>
    /// Arrays and attributes that follow from others, which are compared, or that only record how and by which process the store was
    /// written.
    /// </summary>
    private static readonly string[] LeftOut = ["committed_lead_time", "history", "branched_from", "cairn_version"];

    private const string Attribute = "attribute";
    private const string Layout = "layout:";

    /// <returns>How many arrays were compared.</returns>
    public int Compare(string where, string a, string b)
    {
        var (inA, inB) = (FieldStoreKinds.Contents(files, a), FieldStoreKinds.Contents(files, b));
        Keys(where, Attribute, inA.Attributes(null), inB.Attributes(null));
        var both = differences.Common(where, "variable", inA.ArrayNames, inB.ArrayNames);
        foreach (var name in both)
        {
            var place = where.Length == 0 ? name : $"{where}/{name}";
            Keys(place, Attribute, inA.Attributes(name), inB.Attributes(name));
            Keys(place, Layout, inA.LayoutOf(name), inB.LayoutOf(name));
            Values(place, inA.Array(name), inB.Array(name));
        }

        return both.Count;
    }

    private void Keys(string where, string kind, JsonObject a, JsonObject b)
    {
        foreach (var key in a.Concat(b).Select(p => p.Key).Distinct().Except(LeftOut).Order(StringComparer.Ordinal))
        {
            if (!JsonNode.DeepEquals(a[key], b[key]))
            {
                var common = kind == Layout && key == "shape" ? "; the common part is compared" : "";
                differences.Add(where, $"{kind} {key}: A has {Text(a, key)}, B has {Text(b, key)}{common}");
            }
        }
    }

    private void Values(string where, IStoredArray a, IStoredArray b)
    {
        if (a.DType != b.DType || a.Shape.Count != b.Shape.Count)
        {
            // The difference was reported with the layout; values of different types are not compared.
            return;
        }

        // With unequal extents, such as one run's additional lead times, the common part is compared.
        var shape = a.Shape.Zip(b.Shape, Math.Min).ToArray();
        var difference = new ArrayDifference(a.DType, shape);
        var (onlyA, onlyB) = (new Coverage("A"), new Coverage("B"));
        foreach (var chunk in BoxIndex.Indices(new long[shape.Length], shape.Zip(a.Chunks, (s, c) => (s + c - 1) / c).ToArray()))
        {
            var start = chunk.Zip(a.Chunks, (i, c) => i * c).ToArray();
            var extent = start.Zip(a.Chunks, (s, c) => s + c).Zip(shape, Math.Min).Zip(start, (e, s) => e - s).ToArray();
            switch (a.Read(start, extent), b.Read(start, extent))
            {
                case ({ } x, { } y):
                    difference.Add(x, y, at => BoxIndex.Place(BoxIndex.Index(at, start, extent), new long[shape.Length], shape));
                    break;
                case ({ }, null):
                    onlyA.Add(start);
                    break;
                case (null, { }):
                    onlyB.Add(start);
                    break;
            }
        }

        foreach (var finding in new[] { difference.Any ? difference.ToString() : null, onlyA.Text, onlyB.Text }.OfType<string>())
            differences.Add(where, finding);
    }

    private static string Text(JsonObject map, string key) => map.ContainsKey(key) ? map[key]?.ToJsonString() ?? "null" : "none";

    /// <summary>Reports chunks that only one store has.</summary>
    private sealed class Coverage(string store)
    {
        private int _count;
        private string _first = "";

        public string? Text => _count == 0 ? null
            : $"{_count} {(_count == 1 ? "chunk is" : "chunks are")} written in {store} only, the first from [{_first}] on";

        public void Add(long[] start)
        {
            _first = _count++ == 0 ? string.Join(", ", start) : _first;
        }
    }
}
