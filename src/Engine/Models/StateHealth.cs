namespace Cairn.Engine.Models;

/// <summary>Decides whether the members of a batch are sound enough to be committed: a poisoned state must never be what a restart begins
/// from. Pure: it is given ranges and answers with defects.</summary>
public static class StateHealth
{
    /// <summary>Name under which a state, which has no variables of its own, is reported.</summary>
    public const string StateVariable = "state";

    /// <summary>The defects of a batch, at most one a member and variable, in order of members; empty when all are sound.</summary>
    /// <param name="variables">Names along the second axis of <paramref name="ranges"/>.</param>
    /// <param name="ranges">For each member, for each variable, the range of its values: member-major.</param>
    /// <param name="bounds">Physical bounds by variable; a variable without any must only be finite.</param>
    /// <param name="firstMember">Number of the batch's first member in the ensemble.</param>
    public static IReadOnlyList<HealthDefect> Examine(
        IReadOnlyList<string> variables, IReadOnlyList<ValueRange> ranges, IReadOnlyDictionary<string, FieldBounds> bounds, int firstMember)
    {
        if (variables.Count == 0 || ranges.Count % variables.Count != 0)
            throw new SpecException($"{ranges.Count} ranges were given for {variables.Count} variables; "
                + "expected one a member and variable.");
        var defects = new List<HealthDefect>();
        for (var i = 0; i < ranges.Count; i++)
        {
            var variable = variables[i % variables.Count];
            var member = firstMember + i / variables.Count;
            if (!ranges[i].IsFinite)
                defects.Add(new HealthDefect(member, variable, ranges[i], null));
            else if (bounds.TryGetValue(variable, out var allowed) && Leaves(ranges[i], allowed))
                defects.Add(new HealthDefect(member, variable, ranges[i], allowed));
        }
        return defects;
    }

    /// <summary>Examines a state (every value finite) and its output fields (finite, and within the model's bounds).</summary>
    /// <param name="state">State of the batch, <c>[batch, ...]</c>.</param>
    /// <param name="fields">Output fields of the same boundary, <c>[batch, output variable, latitude, longitude]</c>.</param>
    public static IReadOnlyList<HealthDefect> Examine(ModelDescription model, Tensor state, Tensor fields, int firstMember)
    {
        var none = new Dictionary<string, FieldBounds>();
        return
        [
            .. Examine([StateVariable], state.Ranges(1), none, firstMember)
                .Concat(Examine(model.OutputVariables, fields.Ranges(2), model.Bounds, firstMember)
                    .Select(d => d with { Diagnostic = model.Diagnosed.GetValueOrDefault(d.Variable) }))
                .OrderBy(d => d.Member),
        ];
    }

    /// <summary>The error that stops a batch: it names the first member at fault and lists all defects.</summary>
    public static StepException Failure(IReadOnlyList<HealthDefect> defects, TimeSpan? leadTime)
    {
        const int Listed = 8;
        var more = defects.Count > Listed ? $"; and {defects.Count - Listed} more" : "";
        var list = string.Join("; ", defects.Take(Listed));
        return new StepException($"The state failed its health check: {list}{more}. Nothing was committed.")
        {
            Member = defects[0].Member,
            LeadTime = leadTime,
        };
    }

    private static bool Leaves(ValueRange found, FieldBounds allowed) => found.Min <= found.Max && !allowed.Contains(found.Min, found.Max);
}

/// <summary>Why a member's state must not become a session.</summary>
/// <param name="Member">Number of the member in the ensemble.</param>
/// <param name="Variable">The output variable at fault, or <c>state</c> when the state itself is not finite.</param>
/// <param name="Found">Range of the values found.</param>
/// <param name="Allowed">The declared bounds that were left; null when a value is not finite.</param>
public sealed record HealthDefect(int Member, string Variable, ValueRange Found, FieldBounds? Allowed)
{
    /// <summary>The kind of diagnostic that gave the variable, or null when the model did.</summary>
    public string? Diagnostic { get; init; }

    public override string ToString() => Allowed is { } bounds
        ? $"{Place} ranges from {Text(Found.Min)} to {Text(Found.Max)}; "
            + $"{(Diagnostic is null ? "the model allows" : "allowed are")} {Text(bounds.Min)} to {Text(bounds.Max)}"
        : $"{Place} holds values that are not finite (NaN or an infinity)";

    private string Place => string.Create(CultureInfo.InvariantCulture, $"member {Member}: {Variable}")
        + (Diagnostic is null ? "" : $" of the diagnostic {Diagnostic}");

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
