using Cairn.Actors.Runs;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Every message of Cairn's. A part keeps a <see cref="MessageList"/> beside its messages, one line a message, with a
/// <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> of its own that names the same types; its list is one line here.
/// Names, versions and members are approved by a test.
/// </summary>
public static class CairnMessages
{
    /// <summary>The lists, one line a part.</summary>
    public static IReadOnlyList<MessageList> Lists { get; } =
    [
        RunMessageList.Commands,
        RunMessageList.Grants,
        RunMessageList.Journal,
        Ranks.RankMessageList.List,
        MembershipMessageList.List,
    ];

    /// <summary>All of them.</summary>
    public static MessageTable Table { get; } = new(Lists);
}
