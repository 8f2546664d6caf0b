using System.Diagnostics;
using Cairn.Engine.Chm;
using Cairn.Storage.Chm;

namespace Cairn.Engine.Rollouts;

/// <summary>Saves a mesh run's state in CHM's format besides: of each session that CHM's triggers ask for, once it is durable. A file for
/// each rank comes first and the JSON last, so that a JSON that is there can be loaded.</summary>
internal sealed class ChmSaves
{
    private readonly RunContext _run;
    private readonly GangStart _start;
    private readonly ChmSpec _chm;
    private readonly MeshModel _model;
    private readonly ChmTriggers _triggers;
    private readonly int _worldSize;
    private long _looked;

    private ChmSaves(RunContext run, GangStart start, ChmSpec chm, MeshModel model, int worldSize)
    {
        (_run, _start, _chm, _model, _worldSize) = (run, start, chm, model, worldSize);
        _triggers = Triggers(run.Spec, chm);
    }

    /// <summary>What is saved of a gang's sessions; null for a run that saves none.</summary>
    public static ChmSaves? Of(RunContext run, GangStart start, int worldSize) =>
        run.Spec.Checkpoint.Chm is { Settings.Save: true } chm && DiagnosedModel.Bare(run.Model) is MeshModel model
            ? new ChmSaves(run, start, chm, model, worldSize)
            : null;

    /// <summary>Checks beforehand that the triggers work in this environment.</summary>
    public static void Require(RunSpec spec)
    {
        if (spec.Checkpoint.Chm is { Settings.Save: true } chm)
            _ = Triggers(spec, chm);
    }

    /// <summary>The folder of one member's checkpoints; CHM knows one state, so that members of an ensemble have a folder each.</summary>
    public static string Folder(ChmSpec chm, EnsembleSpec ensemble, int member) => ensemble.Size == 1
        ? Path.Combine(chm.Output, "checkpoint")
        : Path.Combine(chm.Output, $"member_{MemberKey.Of(member)}", "checkpoint");

    /// <summary>A session is durable: saves it if it is due. A failure is reported, and affects only this checkpoint.</summary>
    public void After(string session, int boundary)
    {
        if (!IsDue(boundary))
            return;
        try
        {
            foreach (var path in Save(session, boundary))
                Tell(new ChmCheckpointSaved(path, _run.Schedule.LeadTime(boundary)));
        }
        catch (CairnException e)
        {
            var leadTime = LeadTimeText.Of(_run.Schedule.LeadTime(boundary));
            Tell(new RunWarning($"no CHM checkpoint was saved at lead time {leadTime}; the run's own session is valid: {e.Message}"));
        }
    }

    /// <summary>Whether a trigger fired after any step since the last session: Cairn saves at boundaries alone.</summary>
    private bool IsDue(int boundary)
    {
        var steps = (long)(boundary - Math.Max(0, _start.Boundary)) * _run.Schedule.StepsPerBoundary;
        var (now, isLast, due) = (_run.Options.Time.GetUtcNow(), boundary == _run.Schedule.Last, false);
        for (var index = _looked; index < steps; index++)
            due |= _triggers.After(index, isLast && index == steps - 1, now).Checkpoint;
        _looked = Math.Max(_looked, steps);
        return due;
    }

    private List<string> Save(string session, int boundary)
    {
        var folders = new BatchFolders(_run, text => Tell(new RunWarning(text)));
        using var reading = folders.Select(new RestoreCandidate(_start.Batch, session, boundary, 0), 0, 1);
        var states = new RolloutState();
        _ = reading.Bind(states);
        var time = ChmTime.From(_run.Analyses.Times[0].ToDateTime() + _run.Schedule.LeadTime(boundary));
        var saved = new List<string>();
        foreach (var member in _start.Members.Active(_start.Batch))
        {
            var key = MemberKey.Of(member);
            using var state = states.Members.TryGetValue(key, out var held)
                ? held
                : throw new DataException($"the session {session} holds no state of member {member}; checkpoint.level = 2 keeps it.");
            saved.Add(Save(member, time, state.Elements<double>()));
        }
        return saved;
    }

    private string Save(int member, ChmTime time, ReadOnlySpan<double> state)
    {
        var writer = new ChmWriter(_run.Options.Files, Folder(_chm, _run.Spec.Ensemble, member));
        var place = writer.Reserve(time);
        var ids = _model.GlobalIds;
        var records = new List<ChmRankRecord>();
        for (var rank = 0; rank < _worldSize; rank++)
        {
            var part = DomainSlice.Part([ids.Count], axis: 0, rank, _worldSize);
            records.Add(writer.WriteRank(place, rank, Part(state, ids, (int)part.Offset[0], (int)part.Shape[0])));
        }
        return writer.Commit(new ChmProposal(_worldSize, ids.Count, records)).Path;
    }

    private ChmRankState Part(ReadOnlySpan<double> state, IReadOnlyList<int> ids, int first, int count)
    {
        var variables = new List<ChmVariable>();
        for (var row = 0; row < _model.Layout.Names.Count; row++)
            variables.Add(new ChmVariable(_model.Layout.Names[row], state.Slice((row * ids.Count) + first, count).ToArray()));
        return new ChmRankState(new ChmTriangles([.. ids.Skip(first).Take(count).Select(id => (long)id)]), variables);
    }

    private void Tell(RunEvent runEvent) => _run.Observer.On(runEvent with { Batch = _start.Batch });

    /// <summary>The run stops at node.wall-clock-margin at the latest; what it commits then is CHM's checkpoint before the limit.</summary>
    private static ChmTriggers Triggers(RunSpec spec, ChmSpec chm)
    {
        using var process = Process.GetCurrentProcess();
        var margin = (int)Math.Ceiling(spec.Node.WallClockMargin.TotalMinutes);
        var end = JobEnd.Of(spec.Node, Environment.GetEnvironmentVariable, process.StartTime);
        return new ChmTriggers(
            chm.Settings with { MinutesOfWallClock = Math.Max(margin, chm.Settings.MinutesOfWallClock) }, end);
    }
}
