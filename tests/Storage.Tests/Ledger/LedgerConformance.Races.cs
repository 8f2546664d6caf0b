using System.Collections.Concurrent;
using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

public abstract partial class LedgerConformance
{
    private const int Claimants = 10;

    [SkippableFact]
    public Task Ten_claimants_never_hold_one_epoch_twice() => RaceAsync(claimsOfEach: 40);

    [SkippableFact]
    [Trait("Category", "Soak")]
    public Task Ten_claimants_never_hold_one_epoch_twice_in_ten_thousand_claims() => RaceAsync(claimsOfEach: 10_000);

    /// <summary>
    /// Each claims, allots epochs, and gives back, ends, or lets its lease run out as its own seed says. Nobody may ever be given an epoch
    /// of a batch that somebody was given before.
    /// </summary>
    private async Task RaceAsync(int claimsOfEach)
    {
        const int Seed = 20261126;
        var ledger = Ledger;
        var run = await OpenRunAsync(Claimants * 3, Submission(quarantineAfter: int.MaxValue));
        var given = new ConcurrentDictionary<(BatchKey Batch, int Epoch), string>();
        var others = await Task.WhenAll(Enumerable.Range(0, Claimants).Select(_ => AnotherAsync()));
        var claimants = others.Select((other, i) => new Claimant(this, other, $"n{i}", Seed + i, given));
        await Task.WhenAll(claimants.Select(c => Task.Run(() => c.RunAsync(claimsOfEach))));
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }

        var batches = await ledger.BatchesAsync(run, None);
        Assert.All(batches.Where(b => b.Key.First >= 0), b => Assert.True(b.Epoch >= b.Attempts, $"{b}"));
        var attempts = await ledger.AttemptsAsync(run, None);
        Assert.Equal(attempts.Count, attempts.Select(a => (a.Key, a.Epoch)).Distinct().Count());
        Assert.True(given.Count >= Claimants * claimsOfEach, $"seed {Seed}: only {given.Count} epochs were given");
    }

    private sealed class Claimant(
        LedgerConformance suite, IRunLedger ledger, string node, int seed, ConcurrentDictionary<(BatchKey Batch, int Epoch), string> given)
    {
        private readonly Random _random = new(seed);
        private int _claims;

        public async Task RunAsync(int claims)
        {
            await ledger.RegisterAsync(new(node, "host", 1, "0.1.0", 4, ["cpu"], []), None);
            while (_claims < claims)
            {
                foreach (var claimed in await ledger.ClaimAsync(new(node, LeaseTime, 4, 1 + _random.Next(3)), None))
                {
                    _claims++;
                    Take(claimed.Lease.Batch, claimed.Lease.Epoch);
                    await UseAsync(claimed.Lease);
                }
            }
        }

        private async Task UseAsync(Lease lease)
        {
            try
            {
                if (_random.Next(2) == 0)
                {
                    Take(lease.Batch, await ledger.BeginEpochAsync(lease, 0, None));
                }

                if (_random.Next(50) == 0)
                {
                    await suite.LetLeasesLapseAsync();
                }
                else
                {
                    await ledger.EndAsync(lease, new(AttemptOutcome.HandedBack, null, 1), None);
                }
            }
            catch (FencedException)
            {
                // Another's clock made this lease run out: that is what the race is about.
            }
        }

        private void Take(BatchKey batch, int epoch)
        {
            var isNew = given.TryAdd((batch, epoch), node);
            Assert.True(isNew, $"seed {seed}: {given[(batch, epoch)]} had epoch {epoch} of {batch} before {node} was given it");
        }
    }
}
