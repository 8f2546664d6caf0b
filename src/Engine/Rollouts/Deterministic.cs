using Cairn.Engine.Models;
using Cairn.Engine.Sources;
using Cairn.Storage.Catalog;
using Cairn.Storage.Fields;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// The deterministic workflow as a library: one rollout from an unperturbed initial condition, in this thread, with a catalog as
/// Earth2Studio's <c>run.deterministic</c> keeps it: each row records the lead time.
/// </summary>
public class Deterministic : Workflow
{
    private static readonly MemberRange Only = new(0, 0);

    /// <inheritdoc/>
    public Deterministic(IPrognosticModel model, InitialCondition initial, IFieldStore store, BoundarySchedule schedule)
        : base(model, initial, store, schedule)
    {
    }

    /// <inheritdoc/>
    private protected override bool RunIn(CheckpointSession? session, CancellationToken stop)
    {
        var (bound, unread) = Bind(session, Only.First);
        if (session is not null)
        {
            session.Committed += row => Store.SetCommitted([Only.First], row.LeadTime ?? TimeSpan.Zero);
        }

        using var writer = NewWriter("fields");
        using var rollout = NewRollout(Only, bound, writer, boundary => new Dictionary<string, object?>(StringComparer.Ordinal)
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
            {
                session.WriteCount = 0;
            }

            using var fields = Initial.ToBatch(1, Model.Description);
            rollout.Begin(fields);
        }

        return rollout.Run();
    }
}
