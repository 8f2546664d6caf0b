namespace Cairn.Storage.Tests.Durable;

/// <summary>One recorded system call; <paramref name="To"/> is the second path of rename and link.</summary>
public sealed record FileOperation(string Call, string Path, string? To = null)
{
    public override string ToString() => To is null ? $"{Call} {Path}" : $"{Call} {Path} -> {To}";
}

/// <summary>How much of a failing call happens anyway.</summary>
public enum FaultEffect
{
    /// <summary>Nothing: the call fails clean.</summary>
    None,

    /// <summary>A write stores half of its bytes and then fails.</summary>
    Partial,

    /// <summary>Everything: the call fails after it took effect, as a rename over a network may.</summary>
    Full,
}

/// <summary>Fails the <paramref name="Nth"/> matching call (from 1), counted from when the fault was planted. <paramref name="Call"/> null
/// matches all calls; <paramref name="PathContains"/> narrows by path.</summary>
public sealed record Fault(int Nth, int Errno, string? Call = null, string? PathContains = null, FaultEffect Effect = FaultEffect.None)
{
    /// <summary>I/O error.</summary>
    public const int EIO = 5;

    /// <summary>Disk full.</summary>
    public const int ENOSPC = 28;

    /// <summary>Also fail every later matching call: a disk that stays full or broken.</summary>
    public bool Lasting { get; init; }

    internal bool Matches(FileOperation operation) =>
        (Call is null || Call == operation.Call)
        && (PathContains is null || operation.Path.Contains(PathContains, StringComparison.Ordinal));
}

/// <summary>Thrown by every call from the moment at which <see cref="RecordingFiles.PowerOffAfter"/> said that power fails.</summary>
public sealed class PowerOffException() : Exception("The simulated machine has no power.");
