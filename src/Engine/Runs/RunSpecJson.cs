using System.Text.Json.Nodes;

namespace Cairn.Engine.Runs;

/// <summary>
/// The resolved spec as JSON, for <c>run.json</c>: the same keys as in a spec, in a fixed order, with every default and absolute paths.
/// </summary>
public static class RunSpecJson
{
    /// <summary>The spec as JSON; equal specs give equal text.</summary>
    public static JsonObject Write(RunSpec spec) => throw new NotSupportedException("The JSON form is not built in yet.");

    /// <summary>Reads what <see cref="Write"/> wrote, and checks it as a spec is checked, but for the existence of its files.</summary>
    /// <param name="json">The object's text.</param>
    /// <param name="source">What to call it in messages, such as the path of <c>run.json</c>.</param>
    /// <exception cref="DataException">It is damaged, or of another version of Cairn.</exception>
    public static RunSpec Read(string json, string source) => throw new NotSupportedException("The JSON form is not built in yet.");
}
