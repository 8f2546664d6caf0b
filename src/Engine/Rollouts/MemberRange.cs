using System.Text.Json.Serialization;

namespace Cairn.Engine.Rollouts;

/// <summary>Members <c>First</c> to <c>Last</c>, both included, stepped together as one batch; numbered over all initial times.</summary>
public readonly partial record struct MemberRange(int First, int Last)
{
    [JsonIgnore]
    public int Count => Last - First + 1;

    [JsonIgnore]
    public IEnumerable<int> Members => Enumerable.Range(First, Count);

    /// <summary>Which of several initial times its members begin at; null in a run of one. It says no more than the numbers do, and so is
    /// not compared.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BatchTime? Of { get; init; }

    /// <summary>The batch's folder under <c>checkpoint.path</c>.</summary>
    [JsonIgnore]
    public string FolderName => string.Create(CultureInfo.InvariantCulture, $"members_{First:D6}_{Last:D6}");

    /// <summary>Its members in short, for tables: <c>0-3</c>, or <c>0-3 of 2024-01-02</c> where there are several initial times.</summary>
    [JsonIgnore]
    public string Numbers => First == Last
        ? string.Create(CultureInfo.InvariantCulture, $"{MemberOf(First)}{Suffix}")
        : string.Create(CultureInfo.InvariantCulture, $"{MemberOf(First)}-{MemberOf(Last)}{Suffix}");

    /// <summary>Reads a folder name as <see cref="FolderName"/> writes it; null for any other name.</summary>
    public static MemberRange? Parse(string folderName)
    {
        var match = Pattern().Match(folderName);
        if (!match.Success)
            return null;
        var range = new MemberRange(
            int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
            int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        // 'members_0000001_0000002' names the same members, but is not the folder that these members have.
        return range.First <= range.Last && range.FolderName == folderName ? range : null;
    }

    /// <summary>The member of its own initial time, from 0, that a number stands for.</summary>
    public int MemberOf(int number) => number - (Of?.First ?? 0);

    /// <summary>The number of a member of its own initial time.</summary>
    public int NumberOf(int member) => member + (Of?.First ?? 0);

    /// <summary>What a member is called: <c>member 3</c>, or <c>member 3 of 2024-01-02</c> where there are several initial times.</summary>
    public string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"member {MemberOf(number)}{Suffix}");

    /// <summary>Whether the members are the same.</summary>
    public bool Equals(MemberRange other) => First == other.First && Last == other.Last;

    public override int GetHashCode() => HashCode.Combine(First, Last);

    public override string ToString() => First == Last
        ? NameOf(First)
        : $"members {Numbers}";

    private string Suffix => Of is { } of ? $" of {of.Time}" : "";

    [GeneratedRegex("^members_([0-9]{6,9})_([0-9]{6,9})$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>One of several initial times of a run.</summary>
/// <param name="Time">As the spec says it.</param>
/// <param name="First">The number of its first member.</param>
public sealed record BatchTime(string Time, int First);

/// <summary>How a member is named inside a state: its number in six digits, so that names sort as members do.</summary>
public static class MemberKey
{
    public static string Of(int member) => member.ToString("D6", CultureInfo.InvariantCulture);
}
