namespace Cairn.Engine.Torch;

/// <summary>What kind of call failed, so that the caller can tell a bad argument from a lost device.</summary>
public enum TorchFault
{
    /// <summary>libtorch refused the call: wrong shapes, dtypes, arguments, an unreadable archive.</summary>
    Call = 1,

    /// <summary>The model's script raised an error, or does not compile.</summary>
    Script = 2,

    /// <summary>Memory ran out, on the host or on the device.</summary>
    OutOfMemory = 3,

    /// <summary>
    /// The CUDA device or its driver failed. Such errors stick to the process: only a new process can use the device again.
    /// </summary>
    Device = 4,

    /// <summary>The library itself could not be loaded.</summary>
    Missing = 5,
}

/// <summary>libtorch failed. The message is libtorch's own, without its C++ backtrace.</summary>
public sealed class TorchException : CairnException
{
    public TorchException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    public TorchFault Fault { get; init; } = TorchFault.Call;
}
