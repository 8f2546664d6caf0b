using Cairn.Actors.Members;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Tests.Checkpointing.Schedules;

/// <summary>
/// One seeded life of a batch, without threads or clock: gangs are begun, disturbed and replaced, older ones live on as zombies, until the
/// faults end and the batch must reach its last boundary.
/// </summary>
internal sealed class Schedule
{
    private const int FaultySteps = 600;
    private const int Zombies = 2;
    private readonly Random _random;
    private readonly ModelDisk _disk;
    private readonly RestartPolicy _policy;
    private readonly List<ModelGang> _zombies = [];
    private readonly int _last;
    private readonly int _interval;
    private ModelGang? _gang;

    private Schedule(int seed)
    {
        // Not for secrets: the same seed is to be the same schedule.
#pragma warning disable CA5394
        _random = new Random(seed);
        (_last, _interval) = (_random.Next(1, 30), _random.Next(1, 6));
        _disk = new ModelDisk(_random.Next(4) == 0 ? null : _random.Next(1, 4));
#pragma warning restore CA5394
        var settings = new SupervisionSpec { MaxRestarts = 1_000_000, QuarantineAfter = 1_000_000 };
        _policy = new RestartPolicy(settings, seed);
    }

    /// <summary>Sessions that were reported, and gangs that were begun.</summary>
    public int Sessions { get; private set; }

    public int Gangs => _disk.Highest;

    /// <summary>Sessions that a superseded gang still made.</summary>
    public int Late => _disk.Late;

    /// <summary>Runs the schedule of a seed.</summary>
    /// <exception cref="ScheduleViolation">Something happened that must not.</exception>
    public static Schedule Run(int seed)
    {
        var schedule = new Schedule(seed);
        for (var step = 0; step < FaultySteps; step++)
            schedule.Step(faulty: true);

        var bound = 3_000 + (60 * 8 * schedule._last);
        for (var step = 0; !schedule.IsDone; step++)
        {
            ScheduleViolation.Unless(step < bound, $"without faults it is not done after {bound} steps: {schedule._gang}");
            schedule.Step(faulty: false);
        }

        return schedule;
    }

    private bool IsDone => _disk.NewestBelow(int.MaxValue)?.Boundary == _last && _gang is null;

#pragma warning disable CA5394
    private void Step(bool faulty)
    {
        if (_gang is null)
        {
            if (!IsDone)
                Begin(before: null);
        }
        else if (faulty && _random.Next(5) == 0)
        {
            _gang.Disturb();
            FailNowAndThen(_gang);
        }
        else
        {
            Move(faulty);
        }

        foreach (var gang in _zombies.Append(_gang).OfType<ModelGang>())
            gang.Check();

        _disk.RequireLine();
        EndGang();
    }

    private void FailNowAndThen(ModelGang gang)
    {
        if (_random.Next(30) == 0)
            gang.Fail(new GangFailure(FailureKind.Step, "a NaN") { Boundary = _last - (_last % 2), Member = 0 });
    }

    private void Move(bool faulty)
    {
        if (!faulty && _gang!.IsPaused)
            _gang.Resume();

        var zombies = _zombies.SelectMany(z => z.Moves()).ToList();
        var moves = _gang!.Moves().ToList();

        if (zombies.Count > 0 && (moves.Count == 0 || _random.Next(3) == 0))
        {
            zombies[_random.Next(zombies.Count)]();
        }
        else if (moves.Count > 0)
        {
            moves[_random.Next(moves.Count)]();
        }
        else
        {
            ScheduleViolation.Unless(
                _gang.IsPaused || _gang.HasEnded || _gang.Failure is not null, $"nothing can happen any more: {_gang}");
        }
    }

    private void EndGang()
    {
        if (_gang is { Failure: { } failure } failed)
        {
            Bury(failed);
            var before = _policy.Decide(failure is { Kind: FailureKind.Permanent } ? failure with { Kind = FailureKind.Machine } : failure)
                is RestartDecision.Restart restart ? restart.Before : throw new ScheduleViolation("the policy gave up");
            Begin(before);
        }
        else if (_gang is { HasEnded: true } ended)
        {
            ScheduleViolation.Unless(_disk.Reported?.Boundary == ended.Boundary, $"{ended} ended without a session there");
            _gang = null;
        }
    }

    /// <summary>It was stopped, or hangs and comes back.</summary>
    private void Bury(ModelGang gang)
    {
        _gang = null;
        if (_random.Next(2) == 0)
        {
            gang.IsZombie = true;
            _zombies.Add(gang);
            if (_zombies.Count > Zombies)
                _zombies.RemoveAt(0);
        }
    }

    /// <summary>Claims an epoch, lets zombies act before it is settled, and launches a gang, of another size perhaps.</summary>
    private void Begin(int? before)
    {
        var from = before is { } limit ? _disk.Line.LastOrDefault(s => s.Boundary < limit) : _disk.NewestBelow(int.MaxValue);
        if (before is not null)
            _disk.Suspect(from);

        var record = _disk.Claim(from);
        for (var i = _random.Next(4); i > 0; i--)
        {
            var moves = _zombies.SelectMany(z => z.Moves()).ToList();
            if (moves.Count > 0)
                moves[_random.Next(moves.Count)]();
        }

        from = before is null ? _disk.NewestBelow(record.Epoch) : from;
        _disk.Settle(record, from);
        if (from?.Boundary == _last)
            return;

        _policy.Committed(from?.Boundary ?? -1);
        _gang = new ModelGang(
            new ModelGangStart(record.Epoch, _random.Next(1, 9), from?.Boundary ?? -1, from?.Node.Id, _last, _interval), _disk, _random);
        _gang.Reported += session =>
        {
            Sessions++;
            _policy.Committed(session.Boundary);
        };
    }
#pragma warning restore CA5394
}
