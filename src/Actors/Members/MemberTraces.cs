using System.Diagnostics;

namespace Cairn.Actors.Members;

/// <summary>What becomes of a batch on a node, as spans of .NET; where nobody listens there are none.</summary>
public static class MemberTraces
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Cairn.Batches";
}
