using System.Runtime.InteropServices;
using Cairn.Engine.Runs;

namespace Cairn.Cli.Services;

/// <summary>
/// Requests an orderly stop on SIGTERM, SIGINT or a warning of a limit. A second SIGTERM or SIGINT has its default
/// effect: the process ends at once, and the next start continues from the last session. A repeated warning does not.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Action _stop;
    private int _ends;

    /// <param name="warnings">The warnings that stop it.</param>
    /// <param name="stop">Called for each signal that counts, from another thread.</param>
    public StopSignals(WarningSignals warnings, Action stop)
    {
        _stop = stop;
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnEnd));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnEnd));
        _signals.AddRange(warnings.Numbers().Select(number => PosixSignalRegistration.Create(number, OnWarning)));
    }

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void OnEnd(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _ends) == 1)
        {
            context.Cancel = true;
            _stop();
        }
    }

    private void OnWarning(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop();
    }
}
