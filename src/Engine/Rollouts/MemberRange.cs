using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Cairn.Engine.Rollouts;

/// <summary>Members <c>First</c> to <c>Last</c>, both included, stepped together as one batch.</summary>
public readonly partial record struct MemberRange(int First, int Last)
{
    [JsonIgnore]
    public int Count => Last - First + 1;

    [JsonIgnore]
    public IEnumerable<int> Members => Enumerable.Range(First, Count);

    /// <summary>The batch's folder under <c>checkpoint.path</c>.</summary>
    [JsonIgnore]
    public string FolderName => string.Create(CultureInfo.InvariantCulture, $"members_{First:D6}_{Last:D6}");

    /// <summary>Reads a folder name as <see cref="FolderName"/> writes it; null for any other name.</summary>
    public static MemberRange? Parse(string folderName)
    {
        var match = Pattern().Match(folderName);
        if (!match.Success)
        {
            return null;
        }

        var range = new MemberRange(
            int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
            int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        // 'members_0000001_0000002' names the same members, but is not the folder that these members have.
        return range.First <= range.Last && string.Equals(range.FolderName, folderName, StringComparison.Ordinal) ? range : null;
    }

    public override string ToString() => First == Last ? $"member {First}" : $"members {First}-{Last}";

    [GeneratedRegex("^members_([0-9]{6,9})_([0-9]{6,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
