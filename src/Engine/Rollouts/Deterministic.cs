namespace Cairn.Engine.Rollouts;

/// <summary>The deterministic workflow as a library: one rollout from an unperturbed initial condition, in this thread, with a catalog as
/// Earth2Studio's <c>run.deterministic</c> keeps it: each row records the lead time.</summary>
public class Deterministic(
    IPrognosticModel model, InitialCondition initial, IFieldStore store, BoundarySchedule schedule)
    : Workflow(model, initial, store, schedule)
{
    private static readonly MemberRange Only = new(0, 0);

    private protected override bool RunIn(CheckpointSession? session, CancellationToken stop)
    {
        var (bound, unread) = Bind(session, Only.First);
        if (session is not null)
            session.Committed += row => Store.SetCommitted([Only.First], row.LeadTime ?? TimeSpan.Zero);
        using var writer = NewWriter("fields");
        using var rollout = NewRollout(Only, bound, writer, boundary => new Dictionary<string, object?>
        {
            ["lead_time"] = LeadTimeText.ToNumpy(Schedule.LeadTime(boundary)),
        }, stop);
        if (LibraryResume.From(session, Schedule, bound.States, Only, unread, Observer) is { } boundary)
        {
            rollout.Resume(boundary);
        }
        else
        {
            if (session is not null)
                session.WriteCount = 0;
            using var fields = Initial.ToBatch(1, Model.Description);
            rollout.Begin(fields);
        }
        return rollout.Run();
    }
}

/// <summary>The diagnostic workflow as a library: a deterministic rollout, at each boundary of which diagnostics are applied to the model's
/// fields. The store's variables may be the model's, the diagnostics', or both; catalog, restart and lead times are those of
/// <see cref="Deterministic"/>, as with Earth2Studio's <c>run.diagnostic</c>.</summary>
/// <param name="model">The model that is stepped; it outlives the workflow.</param>
/// <param name="diagnostics">What is applied, in this order, each to what the model and those before it give; they outlive the
/// workflow.</param>
/// <param name="initial">The initial condition, on the model's input grid.</param>
/// <param name="store">Where fields go; its variables are those that are written.</param>
/// <param name="schedule">The boundaries; the store has a place for each output.</param>
/// <exception cref="SpecException">A diagnostic does not go with the model.</exception>
public sealed class Diagnostic(
    IPrognosticModel model, IReadOnlyList<IDiagnosticModel> diagnostics, InitialCondition initial, IFieldStore store,
    BoundarySchedule schedule) : Deterministic(new DiagnosedModel(model, diagnostics, leaveOpen: true), initial, store, schedule);
