namespace Cairn.Engine.Settings;

/// <summary>Finds the name that was probably meant.</summary>
public static class Spelling
{
    // Names are cut, so that a monstrous one costs nothing.
    private const int MostLetters = 100;

    /// <summary>The name that is most like a given one; null where none is like it at all.</summary>
    /// <param name="name">What was given.</param>
    /// <param name="known">The names that there are.</param>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(k => Distance(name, k));
        return nearest is not null && Distance(name, nearest) <= Math.Max(2, nearest.Length / 2) ? nearest : null;
    }

    /// <summary>Levenshtein's distance, a swap of neighbours counted as one: letters to change, insert, leave out or swap.</summary>
    internal static int Distance(string a, string b)
    {
        (a, b) = (Cut(a), Cut(b));
        var (before, last) = (new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray());
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), 1 + Math.Min(row[j - 1], last[j]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last) = (last, row);
        }

        return last[b.Length];
    }

    private static string Cut(string name) => name.Length > MostLetters ? name[..MostLetters] : name;
}
