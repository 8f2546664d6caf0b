namespace Cairn.Engine.Models.Onnx;

/// <summary>How the members of a batch are given to an ONNX file (<c>model.members</c>).</summary>
public enum OnnxMembers
{
    /// <summary>One after the other: a member's bits do not depend on how the ensemble is cut.</summary>
    Alone,

    /// <summary>All at once, along a first axis that the file leaves free.</summary>
    Together,
}

/// <summary>One tensor of an ONNX file.</summary>
/// <param name="Name">Its name in the file; empty for the file's own tensor at the same place.</param>
/// <param name="Variables">What lies along its channels, the axes before latitude and longitude in C order.</param>
public sealed record OnnxTensor(string Name, IReadOnlyList<string> Variables);

/// <summary>A variable that holds what another was one step before.</summary>
/// <param name="Variable">Which.</param>
/// <param name="Of">The other, or itself: it never changes then.</param>
public sealed record OnnxPrevious(string Variable, string Of);

/// <summary>What a variable is reduced by before the file sees it: less the mean, over the deviation.</summary>
/// <param name="Variable">Which.</param>
/// <param name="Mean">In the variable's unit.</param>
/// <param name="Deviation">In the variable's unit, above 0.</param>
public sealed record OnnxScale(string Variable, double Mean, double Deviation);

/// <summary>What the tensors of an ONNX file are in terms of the state.</summary>
/// <param name="Inputs">What the file is given; the state's channels are their variables, one input after the other.</param>
/// <param name="Outputs">Where the next state is read from: of each tensor the leading channels.</param>
public sealed record OnnxMapping(IReadOnlyList<OnnxTensor> Inputs, IReadOnlyList<OnnxTensor> Outputs)
{
    /// <summary>The variables that no output gives, and what they become.</summary>
    public IReadOnlyList<OnnxPrevious> Previous { get; init; } = [];

    /// <summary>Constants of normalisation; a variable without any is given as it is.</summary>
    public IReadOnlyList<OnnxScale> Scales { get; init; } = [];

    /// <summary>What the inputs take besides the state: fields that depend on the time of a step.</summary>
    public IReadOnlyList<string> Forcing { get; init; } = [];

    /// <summary>The state's variables, in channel order.</summary>
    public IReadOnlyList<string> State => [.. Inputs.SelectMany(input => input.Variables).Except(Forcing)];

    /// <summary>The variables of the output fields: the state's, without those that only repeat what was.</summary>
    public IReadOnlyList<string> Fields => [.. State.Except(Previous.Select(p => p.Variable))];

    /// <summary>One input that takes variables and one output that gives them, whatever their names.</summary>
    public static OnnxMapping Same(IReadOnlyList<string> variables) => new([new("", variables)], [new("", variables)]);

    /// <summary>The constants of a variable: its own, or those of the variable that it repeats; null for none.</summary>
    public OnnxScale? ScaleOf(string variable) =>
        Scales.FirstOrDefault(s => s.Variable == variable)
            ?? (Previous.FirstOrDefault(p => p.Variable == variable) is { } copy && copy.Of != variable ? ScaleOf(copy.Of) : null);

    /// <summary>What is wrong with it, each with what was expected; empty when it describes a whole step.</summary>
    public IEnumerable<(string Found, string Expected)> Mistakes()
    {
        var state = State;
        var taken = Inputs.SelectMany(input => input.Variables).ToList();
        if (Inputs.Count == 0 || Outputs.Count == 0 || Inputs.Concat(Outputs).Any(tensor => tensor.Variables.Count == 0))
        {
            yield return ("no variables in an input or output", "at least one in each");
            yield break;
        }
        foreach (var twice in Twice(taken))
            yield return ($"{twice} in two inputs", "each variable in one input");
        foreach (var idle in Forcing.Except(taken))
            yield return ($"{idle} in model.forcing, which no input takes", "it among the variables of an input");
        var given = Outputs.SelectMany(output => output.Variables).Concat(Previous.Select(p => p.Variable)).ToList();
        foreach (var twice in Twice(given))
            yield return ($"{twice} given twice", "each variable from one output, or from model.previous");
        foreach (var odd in given.Concat(Previous.Select(p => p.Of)).Except(state).Concat(Scales.Select(s => s.Variable).Except(taken)))
            yield return (odd, $"a variable among those of the inputs: {string.Join(", ", state)}");
        foreach (var lost in state.Except(given))
            yield return ($"{lost}, which a step gives no value",
                $"it in an output, or in model.previous: {{ {lost} = {lost} }} if it never changes");
        foreach (var chained in Previous.Where(p => !Ends(p)))
            yield return ($"{chained.Variable}, which never takes a value that a step makes",
                "a chain that ends in a variable of an output");
    }

    private static IEnumerable<string> Twice(IEnumerable<string> names) =>
        names.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key);

    private bool Ends(OnnxPrevious start)
    {
        var at = start.Of;
        for (var hops = 0; at != start.Variable && hops <= Previous.Count; hops++)
        {
            if (Previous.FirstOrDefault(p => p.Variable == at) is not { } next || next.Of == at)
                return true;
            at = next.Of;
        }
        return start.Of == start.Variable;
    }
}
