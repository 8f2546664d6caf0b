using Cairn.Engine.Models;
using Cairn.Engine.Models.Diagnostics;
using Cairn.Engine.Sources;
using Cairn.Storage.Fields;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// The diagnostic workflow as a library: a deterministic rollout, at each boundary of which diagnostics are applied to the model's fields.
/// The store's variables may be the model's, the diagnostics', or both; catalog, restart and lead times are those of
/// <see cref="Deterministic"/>, as with Earth2Studio's <c>run.diagnostic</c>.
/// </summary>
public sealed class Diagnostic : Deterministic
{
    /// <param name="model">The model that is stepped; it outlives the workflow.</param>
    /// <param name="diagnostics">What is applied, in this order, each to what the model and those before it give; they outlive the
    /// workflow.</param>
    /// <param name="initial">The initial condition, on the model's input grid.</param>
    /// <param name="store">Where fields go; its variables are those that are written.</param>
    /// <param name="schedule">The boundaries; the store has a place for each output.</param>
    /// <exception cref="SpecException">A diagnostic does not go with the model.</exception>
    public Diagnostic(
        IPrognosticModel model, IReadOnlyList<IDiagnosticModel> diagnostics, InitialCondition initial, IFieldStore store,
        BoundarySchedule schedule)
        : base(new DiagnosedModel(model, diagnostics, leaveOpen: true), initial, store, schedule)
    {
    }
}
