using System.Runtime.InteropServices;

namespace Cairn.Engine.Torch;

/// <summary>libtorch failed, or is not there. The message is libtorch's own, without its C++ backtrace.</summary>
public sealed class TorchException : CairnException
{
    public TorchException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>Whether an exception is libtorch's, as TorchSharp throws it or as it is passed on here.</summary>
    public static bool Is(Exception exception) => exception is TorchException or ExternalException;

    /// <summary>What TorchSharp threw, with a message that can be read.</summary>
    internal static TorchException Of(ExternalException exception) => new(TorchMessage.Clean(exception.Message), exception);
}
