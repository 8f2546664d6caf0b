namespace Cairn.Storage.State;

/// <summary>Arrays in listings, as NumPy prints them with commas: lines of 75 columns, and of more than a thousand elements only the
/// ends.</summary>
internal static class NumpyArrayText
{
    private const int Threshold = 1000;
    private const int EdgeItems = 3;
    private const int LineWidth = 75;

    /// <param name="prefix">How many columns precede the text on its first line, and are left free on the others.</param>
    public static string Format(NdArray array, string name, int prefix = 0)
    {
        if (array.Length == 0)
            return "[]";

        var shown = array.Length <= Threshold ? [.. Enumerable.Range(0, (int)array.Length)] : Ends(array.Shape).ToList();
        var items = NumpyElementText.Format(array, shown, name);
        var byIndex = shown.Zip(items).ToDictionary(pair => pair.First, pair => pair.Second);
        return array.Shape.Count == 0
            ? items[0]
            : new Layout(byIndex, array.Shape, array.Length > Threshold).Axis(0, 0, prefix + 1, LineWidth);
    }

    /// <summary>The flat indexes of what is shown of a long array.</summary>
    private static IEnumerable<int> Ends(IReadOnlyList<long> shape)
    {
        IEnumerable<int> starts = [0];
        foreach (var extent in shape)
        {
            var count = (int)extent;
            var kept = Enumerable.Range(0, count).Where(i => count <= 2 * EdgeItems || i < EdgeItems || i >= count - EdgeItems).ToList();
            starts = starts.SelectMany(start => kept.Select(i => (start * count) + i));
        }

        return starts;
    }

    private sealed record Layout(Dictionary<int, string> Items, IReadOnlyList<long> Shape, bool Cut)
    {
        public string Axis(int axis, int index, int indent, int width)
        {
            var count = (int)Shape[axis];
            var cut = Cut && count > 2 * EdgeItems;
            IEnumerable<int> positions = Enumerable.Range(0, count).Where(i => !cut || i < EdgeItems || i >= count - EdgeItems);
            if (axis == Shape.Count - 1)
            {
                var words = positions.Select(i => Items[(index * count) + i]).ToList();
                return Row(cut ? [.. words.Take(EdgeItems), "...", .. words.Skip(EdgeItems)] : words, indent, width - 1);
            }

            var rows = positions.Select(i => Axis(axis + 1, (index * count) + i, indent + 1, width - 1)).ToList();
            if (cut)
                rows.Insert(EdgeItems, "...");

            var gap = "," + new string('\n', Shape.Count - 1 - axis) + new string(' ', indent);
            return "[" + string.Join(gap, rows) + "]";
        }

        private static string Row(List<string> words, int indent, int width)
        {
            var text = new StringBuilder("[");
            var column = indent;
            for (var i = 0; i < words.Count; i++)
            {
                if (column + words[i].Length > width && column > indent)
                {
                    text.Length -= 1;
                    text.Append('\n').Append(' ', indent);
                    column = indent;
                }

                var word = i == words.Count - 1 ? words[i] : words[i] + ", ";
                text.Append(word);
                column += word.Length;
            }

            return text.Append(']').ToString();
        }
    }
}
