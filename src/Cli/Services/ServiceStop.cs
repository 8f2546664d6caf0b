using Cairn.Engine.Runs;

namespace Cairn.Cli.Services;

/// <summary>Whether this process was asked to end; <see cref="StopSignals"/> lists the signals.</summary>
internal sealed class ServiceStop : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly StopSignals _signals;

    /// <param name="warnings">The warnings that stop it.</param>
    public ServiceStop(WarningSignals warnings) => _signals = new StopSignals(warnings, _asked.Cancel);

    public CancellationToken Token => _asked.Token;

    public void Dispose()
    {
        _signals.Dispose();
        _asked.Dispose();
    }
}
