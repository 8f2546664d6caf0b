using Cairn.Actors.Runs;

namespace Cairn.Actors.Tests.Runs;

/// <summary>How a run stands to its deadline, decided over thousands of schedules.</summary>
public sealed class DeadlineTests
{
    private static readonly DateTimeOffset Begun = new(2026, 1, 30, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_expected_time_is_that_at_which_batches_that_take_each_others_places_complete_as_many_members()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var schedule = new Schedule(seed);
            var (members, until) = (schedule.Needed, schedule.Outlook(TimeSpan.Zero).Until(schedule.Needed));
            Assert.True(until == schedule.Until(members), $"seed {seed}: {until}, and not {schedule.Until(members)}");
        }
    }

    [Fact]
    public void A_run_that_goes_evenly_is_at_risk_once_before_it_is_late_and_never_where_it_is_in_time()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var schedule = new Schedule(seed);
            var (states, done) = (schedule.Watch(_ => 1), schedule.Until(schedule.Needed));
            var isLate = done > schedule.Due;
            // What is late from the beginning is told so, unless the deadline is nearer than it takes to be sure.
            DeadlineState[] expected = !isLate ? [DeadlineState.OnTime]
                : schedule.Due >= Deadline.Settling ? [DeadlineState.OnTime, DeadlineState.AtRisk, DeadlineState.Missed]
                : [DeadlineState.OnTime, DeadlineState.Missed];
            Assert.True(expected.SequenceEqual(states.Select(s => s.State)), $"seed {seed}: {string.Join(", ", states)}");
        }
    }

    [Fact]
    public void However_rates_vary_a_state_lasts_and_what_is_late_is_missed()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var (schedule, random) = (new Schedule(seed), new Random(seed));
            var states = schedule.Watch(_ => 0.3 + (1.7 * random.NextDouble()));
            var isLate = schedule.Until(schedule.Needed) > schedule.Due;
            Assert.True(isLate == (states[^1].State == DeadlineState.Missed), $"seed {seed}: {string.Join(", ", states)}");
            var pairs = states.Zip(states.Skip(1), (before, after) => (Before: before, After: after))
                .Where(p => p.After.State != DeadlineState.Missed);
            Assert.All(pairs, p => Assert.True(p.After.At - p.Before.At >= Deadline.Settling, $"seed {seed}"));
        }
    }

    [Fact]
    public void A_rate_that_sways_around_what_is_needed_tells_it_once()
    {
        var (standing, since, changes) = (Standing(100), (DateTimeOffset?)null, 0);
        for (var second = 0; second < 1000; second++)
        {
            // A second too late, and a second before, every half minute.
            var left = TimeSpan.FromSeconds(100_000 - second + (second / 30 % 2 == 0 ? 5 : -5));
            var decision = Deadline.Decide(standing, new RunOutlook(0, [new(2, true, left)]), since, Begun.AddSeconds(second));
            changes += decision.State != standing.State ? 1 : 0;
            (standing, since) = (standing with { State = decision.State }, decision.DoubtedSince);
        }

        Assert.Equal((1, DeadlineState.AtRisk), (changes, standing.State));

        static DeadlineStanding Standing(int thousands) =>
            new(Begun.AddSeconds(1000 * thousands), 2, 0, DeadlineState.OnTime, null);
    }

    [Fact]
    public void A_run_at_risk_is_back_on_time_once_there_is_time_to_spare()
    {
        var standing = new DeadlineStanding(Begun.AddSeconds(1000), 2, 0, DeadlineState.AtRisk, null);
        Assert.Equal(DeadlineState.AtRisk, After(TimeSpan.FromSeconds(960)));
        Assert.Equal(DeadlineState.OnTime, After(TimeSpan.FromSeconds(900)));

        DeadlineState After(TimeSpan left) => Deadline.Decide(
            standing, new RunOutlook(0, [new(2, true, left)]), Begun - Deadline.Settling, Begun).State;
    }

    [Fact]
    public void Too_few_members_that_are_left_put_a_deadline_at_risk_and_nothing_known_changes_nothing()
    {
        var standing = new DeadlineStanding(Begun.AddSeconds(1000), 3, 0, DeadlineState.OnTime, null);
        Assert.Equal(DeadlineState.AtRisk, After(new RunOutlook(1, [new(1, true, TimeSpan.Zero)])));
        Assert.Equal(DeadlineState.OnTime, After(new RunOutlook(1, [new(2, false, null)])));
        Assert.Null(new RunOutlook(1, [new(2, true, null)]).Until(3));
        Assert.Null(new RunOutlook(1, [new(1, true, TimeSpan.Zero)]).Until(3));

        DeadlineState After(RunOutlook outlook) => Deadline.Decide(standing, outlook, Begun - Deadline.Settling, Begun).State;
    }

    /// <summary>Batches that take a time each, in the order of their numbers, in so many slots.</summary>
    private sealed class Schedule
    {
        private readonly List<(int Members, TimeSpan Begins, TimeSpan Ends)> _batches = [];

        public Schedule(int seed)
        {
            var random = new Random(seed);
            var free = new TimeSpan[random.Next(1, 5)];
            for (var batch = random.Next(1, 12); batch > 0; batch--)
            {
                var slot = Array.IndexOf(free, free.Min());
                var begins = free[slot];
                free[slot] += TimeSpan.FromSeconds(random.Next(5, 60));
                _batches.Add((random.Next(1, 4), begins, free[slot]));
            }

            Needed = random.Next(1, _batches.Sum(b => b.Members) + 1);
            // Not within the moment in which it depends on who looks first.
            var (end, due) = (Until(Needed), Until(Needed) * (0.5 + random.NextDouble()));
            Due = (due - end).Duration() < TimeSpan.FromSeconds(2) ? end + TimeSpan.FromSeconds(2) : due;
        }

        public int Needed { get; }

        public TimeSpan Due { get; }

        public TimeSpan Until(int members)
        {
            var complete = 0;
            return _batches.OrderBy(b => b.Ends).First(b => (complete += b.Members) >= members).Ends;
        }

        public RunOutlook Outlook(TimeSpan now, double factor = 1) => new(
            _batches.Where(b => b.Ends <= now).Sum(b => b.Members),
            [.. _batches.Where(b => b.Ends > now).Select(b => new BatchOutlook(
                b.Members, b.Begins <= now, (b.Ends - (b.Begins > now ? b.Begins : now)) * factor))]);

        /// <summary>The states that are told from the beginning to the end, once a second.</summary>
        public List<(DeadlineState State, TimeSpan At)> Watch(Func<TimeSpan, double> factor)
        {
            var standing = new DeadlineStanding(Begun + Due, Needed, 0, DeadlineState.OnTime, null);
            var (states, since) = (new List<(DeadlineState, TimeSpan)> { (standing.State, TimeSpan.Zero) }, (DateTimeOffset?)null);
            for (var now = TimeSpan.Zero; now <= Until(Needed) + TimeSpan.FromSeconds(1); now += TimeSpan.FromSeconds(0.5))
            {
                var decision = Deadline.Decide(standing, Outlook(now, factor(now)), since, Begun + now);
                if (decision.State != standing.State)
                    states.Add((decision.State, now));

                (standing, since) = (standing with { State = decision.State }, decision.DoubtedSince);
            }

            return states;
        }
    }
}
