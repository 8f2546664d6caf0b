using Cairn.Storage.Ledger;

namespace Cairn.Storage.Tests.Ledger;

/// <summary>What simulations take for the ledger keeps the promises of the databases.</summary>
public sealed class LedgerModelTests : LedgerConformance
{
    protected override LedgerHarness? CreateHarness() => new ModelHarness();

    private sealed class ModelHarness : LedgerHarness
    {
        private readonly StandingClock _clock = new();
        private readonly LedgerModel _model;

        public ModelHarness() => _model = new(() => _clock.SinceBoot, () => _clock.UtcNow);

        public override Task<IRunLedger> OpenAsync() => Task.FromResult<IRunLedger>(_model);

        public override Task AdvanceAsync(TimeSpan by)
        {
            lock (_clock)
            {
                (_clock.SinceBoot, _clock.UtcNow) = (_clock.SinceBoot + by, _clock.UtcNow + by);
            }

            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
