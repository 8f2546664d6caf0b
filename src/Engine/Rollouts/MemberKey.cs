using System.Globalization;

namespace Cairn.Engine.Rollouts;

/// <summary>How a member is named inside a state: its number in six digits, so that names sort as members do.</summary>
public static class MemberKey
{
    public static string Of(int member) => member.ToString("D6", CultureInfo.InvariantCulture);
}
