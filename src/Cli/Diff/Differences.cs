namespace Cairn.Cli.Diff;

/// <summary>Collects differences in order; beyond <paramref name="most"/> lines it only counts.</summary>
internal sealed class Differences(int most)
{
    private readonly List<string> _lines = [];

    public int Count { get; private set; }

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Adds a remark that is not a difference.</summary>
    public List<string> Notes { get; } = [];

    /// <param name="where">The row, field or variable, as far as known; parts are joined by slashes.</param>
    /// <param name="what">What A has and what B has.</param>
    public void Add(string where, string what)
    {
        Count++;
        if (_lines.Count < most)
            _lines.Add(where.Length == 0 ? what : $"{where}: {what}");
    }

    /// <summary>Compares two sets of names, reports names in one set only, and returns the common names.</summary>
    public IReadOnlyList<string> Common(string where, string kind, IEnumerable<string> a, IEnumerable<string> b)
    {
        var (inA, inB) = (a.ToList(), b.ToHashSet(StringComparer.Ordinal));
        foreach (var name in inA.Where(name => !inB.Contains(name)))
            Add(where, $"{kind} {name} is in A only");

        var both = inA.Where(inB.Remove).ToList();
        foreach (var name in inB.Where(name => !both.Contains(name)).Order(StringComparer.Ordinal))
            Add(where, $"{kind} {name} is in B only");

        return both;
    }
}
