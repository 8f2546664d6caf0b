using System.Runtime.ExceptionServices;

namespace Cairn.Storage.Catalog;

/// <summary>At most one commit written by a thread of its own; its failure is kept until it is polled.</summary>
internal sealed class BackgroundCommit
{
    private Task? _inFlight;

    /// <summary>Begins a commit. The one before must have been waited for.</summary>
    public void Start(Action commit, Action<Exception> failed)
    {
        if (_inFlight is not null)
            throw new InvalidOperationException("A commit is in progress already.");

        var hasBegun = false;
        _inFlight = OwnThread.Run(() =>
        {
            Volatile.Write(ref hasBegun, true);
            return Make(commit, failed);
        });
        if (_inFlight.Exception?.InnerException is { } refused && !Volatile.Read(ref hasBegun))
            failed(refused);
    }

    private static bool Make(Action commit, Action<Exception> failed)
    {
        try
        {
            commit();
            return true;
        }
        catch (Exception e)
        {
            failed(e);
            throw;
        }
    }

    /// <summary>Waits for the commit in flight; returns its failure, once.</summary>
    public ExceptionDispatchInfo? Wait()
    {
        // Waiting for the task itself would wrap and throw its failure.
        if (_inFlight is { IsCompleted: false } inFlight)
            StorageMeter.Stalled(StallCause.Commit, (IAsyncResult)inFlight, static commit => commit.AsyncWaitHandle.WaitOne());

        return Poll();
    }

    /// <summary>The failure of a finished commit, returned once; null while it is running.</summary>
    public ExceptionDispatchInfo? Poll()
    {
        if (_inFlight is not { IsCompleted: true } finished)
            return null;

        _inFlight = null;
        return finished.Exception is { } failure ? ExceptionDispatchInfo.Capture(failure.InnerException ?? failure) : null;
    }
}
