using Cairn.Storage.Derived;

namespace Cairn.Engine.Pictures;

/// <summary>The scores of a run for its page: those that <c>cairn verify-forecast</c> left beside the store, if they are of its fields.
/// </summary>
internal sealed class PictureScores
{
    private const string Histogram = "_rank_histogram";
    private readonly StoredScores? _scores;
    private readonly StoredFields _fields;

    private PictureScores(StoredFields fields, byte[] bytes, StoredScores? scores, string? note) =>
        (_fields, Bytes, _scores, Note) = (fields, bytes, scores, note);

    /// <summary>The file; nothing where there is none.</summary>
    public byte[] Bytes { get; }

    /// <summary>Why scores that are there are not shown, or null.</summary>
    public string? Note { get; }

    /// <summary>Looks beside a store.</summary>
    public static PictureScores Of(IDurableFiles files, string store, StoredFields fields)
    {
        var path = PicturePaths.Scores(store);
        if (!files.FileExists(path))
            return new(fields, [], null, null);
        using var stream = files.OpenRead(path);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var (bytes, name) = (copy.ToArray(), Path.GetFileName(path));
        try
        {
            var scores = ScoresFile.Read(bytes, name);
            return AreOf(scores, files, store, fields) ? new(fields, bytes, scores, null)
                : new(fields, bytes, null, $"{name} holds scores of other fields than these, which are not shown. "
                    + "cairn verify-forecast makes them anew.");
        }
        catch (Exception e) when (e is DataException or SpecException)
        {
            return new(fields, bytes, null, $"The scores in {name} cannot be shown: {e.Message}");
        }
    }

    /// <summary>Names, lead times and numbers; null where there is nothing to show.</summary>
    public JsonObject? ToJson()
    {
        if (_scores is not { } scores)
            return null;
        var json = new JsonObject
        {
            ["leadSeconds"] = Numbers(scores.LeadTimes.Select(t => t.TotalSeconds)),
            ["leadTexts"] = new JsonArray([.. scores.LeadTimes.Select(t => (JsonNode)ReadableTime.Of(t, _fields.LeadTimes[^1]))]),
            ["cases"] = scores.Series.FirstOrDefault(s => s.Name == "cases") is { } cases ? Numbers(cases.Values) : null,
            ["variables"] = new JsonObject(_fields.Variables.Select(v => v.Field.Name)
                .Where(name => scores.Series.Any(s => s.Name == name + Histogram))
                .Select(name => KeyValuePair.Create<string, JsonNode?>(name, Of(scores, name)))),
        };
        foreach (var word in new[] { "truth", "climatology", "truth_regridding" })
            json[word] = scores.Attributes.TryGetValue(word, out var text) ? Path.GetFileName(text) : null;
        return json;
    }

    /// <summary>Whether scores are of a store's fields: of the same spec, versions and members.</summary>
    private static bool AreOf(StoredScores scores, IDurableFiles files, string store, StoredFields fields) =>
        scores.Provenance is { } provenance
        && provenance.Equals(Provenance.Read(FieldStoreKinds.Contents(files, store).Attributes(null)))
        && scores.Series.All(s => s.PerLeadTime == 1 || s.PerLeadTime == fields.Members + 1);

    /// <summary>Each score of a variable, by its name in the file.</summary>
    private static JsonObject Of(StoredScores scores, string variable) => new(scores.Series
        .Where(s => s.Name.StartsWith(variable + "_", StringComparison.Ordinal))
        .Select(s => KeyValuePair.Create<string, JsonNode?>(s.Name[(variable.Length + 1)..], Numbers(s.Values))));

    /// <summary>To six digits, more than are shown. What is no number, such as a ratio to an error of none, is null.</summary>
    private static JsonArray Numbers(IEnumerable<double> values) => new([.. values.Select(
        value => double.IsFinite(value) ? JsonNode.Parse(value.ToString("G6", CultureInfo.InvariantCulture)) : null)]);
}

/// <summary>Mean and spread over members at every point, from one pass over the members (B. P. Welford, Note on a method for calculating
/// corrected sums of squares and products, Technometrics 4, 1962). A point that is missing in one member is missing in both.</summary>
internal sealed class EnsembleMoments(int points)
{
    private readonly double[] _mean = new double[points];
    private readonly double[] _squares = new double[points];

    /// <summary>How many members were added.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<double> Mean => _mean;

    public void Add(ReadOnlySpan<double> member)
    {
        Count++;
        for (var i = 0; i < _mean.Length; i++)
        {
            var difference = member[i] - _mean[i];
            _mean[i] += difference / Count;
            _squares[i] += difference * (member[i] - _mean[i]);
        }
    }

    /// <summary>The standard deviation with divisor <see cref="Count"/> - 1.</summary>
    public double[] Spread() => Array.ConvertAll(_squares, s => Math.Sqrt(s / (Count - 1)));
}
