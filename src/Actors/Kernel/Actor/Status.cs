namespace Cairn.ActorKernel.Actor;

/// <summary>How something went, as a message. A failure that is answered to an Ask makes its task fail.</summary>
public abstract class Status
{
    private protected Status()
    {
    }

    public sealed class Success(object? status) : Status
    {
        public static readonly Success Instance = new(null);

        public readonly object? Status = status;

        public override string ToString() => Status is null ? "Success" : $"Success: {Status}";
    }

    public sealed class Failure : Status
    {
        public readonly Exception Cause;

        public readonly object? State;

        public Failure(Exception cause) => Cause = cause;

        public Failure(Exception cause, object? state)
        {
            Cause = cause;
            State = state;
        }

        public override string ToString() => State is null ? $"Failure: {Cause}" : $"Failure[{State}]: {Cause}";
    }
}
