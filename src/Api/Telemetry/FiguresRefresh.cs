using Microsoft.Extensions.Hosting;

namespace Cairn.Api.Telemetry;

/// <summary>Asks the registry for its figures periodically, for the OTLP exporter, which does not ask before it reads.</summary>
internal sealed class FiguresRefresh(RegistryGauges gauges) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        do
        {
            await gauges.RefreshAsync(stoppingToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
