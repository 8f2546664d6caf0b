using System.Globalization;

namespace Cairn.ActorKernel.Event;

/// <summary>The formatter of those who name none: <see cref="string.Format(string, object[])"/> in the invariant culture.</summary>
internal sealed class InvariantFormatter : ILogMessageFormatter
{
    public static readonly InvariantFormatter Instance = new();

    private InvariantFormatter()
    {
    }

    public string Format(string format, params object[] args) => string.Format(CultureInfo.InvariantCulture, format, args);

    public string Format(string format, IEnumerable<object> args) => Format(format, args.ToArray());
}
