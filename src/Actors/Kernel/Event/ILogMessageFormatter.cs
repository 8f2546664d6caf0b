namespace Cairn.ActorKernel.Event;

/// <summary>Makes a log event's text.</summary>
public interface ILogMessageFormatter
{
    string Format(string format, params object[] args);

    string Format(string format, IEnumerable<object> args);
}
