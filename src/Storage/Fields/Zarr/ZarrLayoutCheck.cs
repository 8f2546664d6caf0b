using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Cairn.Storage.Fields.Zarr;

/// <summary>Compares a store on disk with the layout that is expected of it.</summary>
internal sealed class ZarrLayoutCheck(IDurableFiles files, string path, FieldLayout expected)
{
    private const int MaxDifferences = 20;
    private readonly List<string> _differences = [];
    private bool _shrinking;
    private bool _undescribed;

    /// <summary>The expected metadata, padded as the store on disk is, and whether it must be rewritten: because the store is to grow, or
    /// because an older version created it and described it less, or did not record the run.</summary>
    /// <exception cref="SpecException">The store holds something else; every difference is named.</exception>
    /// <exception cref="DataException">The metadata is damaged.</exception>
    internal (FieldLayout Layout, bool MustBeWritten) Compare()
    {
        var (format, found) = ZarrFormat.ReadAt(files, path);
        var wanted = ZarrFormat.Of(expected);
        if (format.Version != wanted.Version)
        {
            // They have so little in common that every array would be listed.
            throw new SpecException($"The field store {path} has version {format.Version} of Zarr, expected version "
                + $"{wanted.Version}. Choose another output path, start over with --fresh, or undo the change.");
        }

        var run = RunOf(found);
        if (run is not null && expected.Run is not null && run != expected.Run)
            throw new SpecException($"The field store {path} belongs to another run: it has {ZarrMetadata.Run} = {run}, expected "
                + $"{expected.Run}, by all that shapes this run's numbers. Choose another output path, or move that store away.");

        var members = Extent(found, FieldDescription.Ensemble);
        var times = Extent(found, FieldDescription.Time);
        var leadTimes = Extent(found, FieldDescription.LeadTime);
        RequireNoShrinking("members", members, expected.Members);
        RequireNoShrinking("initial times", times, expected.Numbers.Times);
        RequireNoShrinking("lead times", leadTimes, expected.LeadTimes.Count);
        var provenance = Provenance.Read(found[ZarrMetadata.RootAttributes] as JsonObject);
        var layout = expected with
        {
            PadsCoordinates = IsPadded(found, FieldDescription.Ensemble) || IsPadded(found, FieldDescription.LeadTime),
            LacksBounds = !found.ContainsKey(FieldDescription.LeadTimeBounds + ZarrMetadata.Array),
            Provenance = expected.Provenance?.After(provenance) ?? provenance,
        };
        _undescribed = layout.Provenance is { } origin && !origin.Equals(provenance);
        var before = layout with
        {
            Members = Math.Min(members, expected.Members),
            LaterTimes = [.. expected.LaterTimes.Take(times - 1)],
            LeadTimes = [.. expected.LeadTimes.Take(leadTimes)],
        };
        CompareMetadata(found, new ZarrMetadata(before));
        if (_differences.Count == 0)
            CompareCoordinates(before, layout);

        if (_differences.Count > 0)
        {
            var more = _differences.Count > MaxDifferences ? $"\n  and {_differences.Count - MaxDifferences} more" : "";
            throw new SpecException(
                $"The field store {path} was made for another layout:\n  {string.Join("\n  ", _differences.Take(MaxDifferences))}{more}\n" +
                "Choose another output path, start over with --fresh, or undo the change.");
        }

        var untold = run is null && expected.Run is not null;
        var grows = members < expected.Members || times < expected.Numbers.Times || leadTimes < expected.LeadTimes.Count;
        return (layout, untold || _undescribed || grows);
    }

    /// <summary>The run that a store says it belongs to; null if it has none, like stores of older versions.</summary>
    internal static string? RunOf(JsonObject documents) =>
        (documents[ZarrMetadata.RootAttributes] as JsonObject)?[ZarrMetadata.Run] is JsonValue value
            && value.TryGetValue<string>(out var run)
            ? run
            : null;

    private bool IsPadded(JsonObject found, string coordinate) => Extent(found, coordinate, "chunks") > Extent(found, coordinate);

    private int Extent(JsonObject found, string coordinate, string of = "shape")
    {
        var shape = (found[coordinate + ZarrMetadata.Array] as JsonObject)?[of] as JsonArray;
        return shape is [JsonValue value] && value.TryGetValue<int>(out var extent) && extent > 0
            ? extent
            : throw new DataException($"{path}: the metadata of {coordinate} has no usable {of}. The store is damaged; choose another " +
                "output path.");
    }

    private void RequireNoShrinking(string what, int found, int wanted)
    {
        if (found > wanted)
        {
            _shrinking = true;
            _differences.Add($"{what}: found {found}, expected {wanted} (a store may grow, not shrink)");
        }
    }

    private void CompareMetadata(JsonObject found, ZarrMetadata wanted)
    {
        foreach (var (document, content) in wanted.Documents)
        {
            if (document != ZarrMetadata.RootAttributes)
                Compare(document, found[document], content);
        }

        foreach (var (document, _) in found)
        {
            if (document.EndsWith(ZarrMetadata.Array, StringComparison.Ordinal) && !wanted.Documents.ContainsKey(document))
                _differences.Add($"{document[..^ZarrMetadata.Array.Length]}: found this variable, expected none of that name");
        }
    }

    private void Compare(string where, JsonNode? found, JsonNode? wanted)
    {
        if (wanted is JsonObject wantedObject && found is JsonObject foundObject)
        {
            // Every array would repeat in its shape what has been said once.
            foreach (var (key, value) in wantedObject.Where(property => !_shrinking || property.Key != "shape"))
            {
                // Stores of older versions have less metadata for the same data; but rounding of values changes the data.
                if (where.EndsWith(ZarrMetadata.AttributesOf, StringComparison.Ordinal) && !foundObject.ContainsKey(key)
                    && key != KeptBits.Attribute)
                {
                    _undescribed = true;
                    continue;
                }

                Compare($"{where} {key}", foundObject[key], value);
            }
        }
        else if (!JsonNode.DeepEquals(found, wanted))
        {
            _differences.Add($"{where}: found {ZarrMetadata.Text(found)}, expected {ZarrMetadata.Text(wanted)}");
        }
    }

    private void CompareCoordinates(FieldLayout before, FieldLayout layout)
    {
        var after = ZarrCoordinates.Chunks(layout).ToDictionary(c => c.Path, c => c.Bytes);
        foreach (var (name, bytes) in ZarrCoordinates.Chunks(before))
        {
            var found = ReadChunk(name, Math.Max(bytes.Length, after[name].Length));
            // A store whose growth was cut short already holds the grown coordinate.
            if (!found.AsSpan().SequenceEqual(bytes) && !found.AsSpan().SequenceEqual(after[name]))
                _differences.Add($"{Path.GetDirectoryName(name)}: the coordinate's values differ{SeamOf(before, name, found, bytes)}");
        }
    }

    /// <summary>What else to say where the store counts the same meridians as older versions did across the seam.</summary>
    private static string SeamOf(FieldLayout layout, string name, byte[] found, byte[] wanted)
    {
        if (layout.Mesh is not null || Path.GetDirectoryName(name) != layout.GridDimensions[1] || found.Length != wanted.Length)
            return "";

        var (before, now) = (MemoryMarshal.Cast<byte, double>(found).ToArray(), MemoryMarshal.Cast<byte, double>(wanted).ToArray());
        return LongitudeOrder.Monotonic(before) is { } monotonic && monotonic.SequenceEqual(now)
            ? string.Create(CultureInfo.InvariantCulture, $" (found {before[0]} … {before[^1]}, which decrease at the seam, as an older "
                + $"version of Cairn wrote them; this one writes {now[0]} … {now[^1]}; the fields are the same. Finish the run with the "
                + $"version that started it, or start it over with --fresh)")
            : "";
    }

    private byte[] ReadChunk(string name, int length)
    {
        try
        {
            using var stream = files.OpenRead(Path.Combine(path, name));
            var bytes = new byte[length + 1];
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (DurableIOException e) when (e.NotFound)
        {
            throw new DataException($"{Path.Combine(path, name)} is missing. The store is damaged; delete its "
              + $"{ZarrFormat.Of(expected).StoreName} so that it is repaired.", e);
        }
    }
}
