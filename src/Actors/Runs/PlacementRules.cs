namespace Cairn.Actors.Runs;

/// <summary>What runs may require of nodes: a new rule is a class here, and a line in the list.</summary>
internal static class PlacementRules
{
    /// <summary>In the order of messages.</summary>
    public static IReadOnlyList<PlacementRule> All { get; } = [new GpuRule(), new LabelRule(), new ExtensionRule()];

    /// <summary>Whether a node meets all of a run's requirements.</summary>
    public static bool AreMetBy(NodeInfo node, Requirements requires) =>
        All.All(rule => !rule.IsRequired(requires) || rule.IsMetBy(node, requires));

    /// <summary>Why no node is suitable, for people: <c>no node with a GPU has the label "big"</c>.</summary>
    public static string WhyNone(IReadOnlyList<NodeInfo> nodes, Requirements requires)
    {
        var (left, met) = (nodes, new List<string>());
        foreach (var rule in All.Where(rule => rule.IsRequired(requires)))
        {
            left = [.. left.Where(node => rule.IsMetBy(node, requires))];
            if (left.Count == 0)
                return $"no node {string.Concat(met.Select(words => $"with {words} "))}has {rule.Words(requires)}";

            met.Add(rule.Words(requires));
        }

        throw new ArgumentException("One of the nodes is suitable.", nameof(nodes));
    }
}

/// <summary>A requirement on nodes, from settings under <c>requires</c>. Pure.</summary>
internal abstract class PlacementRule
{
    /// <summary>Whether a run requires it at all.</summary>
    public abstract bool IsRequired(Requirements requires);

    /// <summary>Whether a node has what a run requires.</summary>
    public abstract bool IsMetBy(NodeInfo node, Requirements requires);

    /// <summary>What is required, as it follows "has" in a message: <c>a GPU</c>.</summary>
    public abstract string Words(Requirements requires);
}

/// <summary><c>requires.gpu</c>: a CUDA device.</summary>
internal sealed class GpuRule : PlacementRule
{
    public override bool IsRequired(Requirements requires) => requires.Gpu;

    public override bool IsMetBy(NodeInfo node, Requirements requires) => node.HasGpu;

    public override string Words(Requirements requires) => "a GPU";
}

/// <summary><c>requires.label</c>: one of the labels that a node was given (<c>node.labels</c>).</summary>
internal sealed class LabelRule : PlacementRule
{
    public override bool IsRequired(Requirements requires) => requires.Label is not null;

    public override bool IsMetBy(NodeInfo node, Requirements requires) => node.Labels.Contains(requires.Label!);

    public override string Words(Requirements requires) => $"the label \"{requires.Label}\"";
}

/// <summary>The extensions that a run's kinds come from: a node that lacks one cannot read its spec.</summary>
internal sealed class ExtensionRule : PlacementRule
{
    public override bool IsRequired(Requirements requires) => requires.Extensions.Count > 0;

    public override bool IsMetBy(NodeInfo node, Requirements requires) => requires.Extensions.All(node.Extensions.Contains);

    public override string Words(Requirements requires) =>
        $"the {(requires.Extensions.Count == 1 ? "extension" : "extensions")} {string.Join(", ", requires.Extensions)}";
}
