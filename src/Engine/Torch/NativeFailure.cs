using System.Runtime.CompilerServices;

namespace Cairn.Engine.Torch;

/// <summary>Calls that compile TorchScript. A mistake in it is a C++ exception (<c>torch::jit::ErrorReport</c>) that TorchSharp does not
/// catch, and an uncaught one ends the process. So such a call gets its own thread, and C++'s terminate handler, which runs before anything
/// is unwound, takes the message and leaves that thread asleep permanently: a few kilobytes for each mistake.</summary>
internal static unsafe partial class NativeFailure
{
    private const string CxxRuntime = "libstdc++.so.6";
    private const string CompilerError = "N5torch3jit11ErrorReportE";
    private const int StackBytes = 16 << 20;

    private static readonly delegate* unmanaged[Cdecl]<void> Otherwise =
        (delegate* unmanaged[Cdecl]<void>)SetTerminate((nint)(delegate* unmanaged[Cdecl]<void>)&OnTerminate);

    // The handler only knows on which thread it is.
    [ThreadStatic]
    private static Outcome? _running;

    /// <summary>Makes a call; what libtorch's compiler finds wrong comes as a <see cref="TorchException"/>.</summary>
    internal static T Caught<T>(Func<T> call) where T : class
    {
        TorchRuntime.Require();
        RuntimeHelpers.RunClassConstructor(typeof(NativeFailure).TypeHandle);
        using var outcome = new Outcome();
        var thread = new Thread(() => outcome.Run(call), StackBytes) { IsBackground = true, Name = "TorchScript compiler" };
        thread.Start();
        return (T)outcome.Await();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnTerminate()
    {
        if (_running is { } outcome && Message() is { } message)
        {
            outcome.Fail(new TorchException(TorchMessage.Clean(message)));
            using var never = new ManualResetEventSlim();
            never.Wait();
        }
        Otherwise();
    }

    /// <summary>What the exception in flight says, if it is the compiler's.</summary>
    private static string? Message()
    {
        nint thrown;
        CurrentException(&thrown);
        if (thrown == 0 || Marshal.PtrToStringUTF8(*(nint*)(ExceptionType(&thrown) + sizeof(nint))) is not CompilerError)
            return null;
        // std::exception's third virtual function, after its two destructors, is what().
        var what = (*(delegate* unmanaged<nint, nint>**)thrown)[2];
        return Marshal.PtrToStringUTF8(what(thrown));
    }

    [LibraryImport(CxxRuntime, EntryPoint = "_ZSt13set_terminatePFvvE")]
    private static partial nint SetTerminate(nint handler);

    [LibraryImport(CxxRuntime, EntryPoint = "_ZSt17current_exceptionv")]
    private static partial void CurrentException(nint* pointer);

    [LibraryImport(CxxRuntime, EntryPoint = "_ZNKSt15__exception_ptr13exception_ptr20__cxa_exception_typeEv")]
    private static partial nint ExceptionType(nint* pointer);

    private sealed class Outcome : IDisposable
    {
        private readonly ManualResetEventSlim _done = new();
        private object? _result;
        private Exception? _failure;

        internal void Run(Func<object> call)
        {
            _running = this;
            try
            {
                _result = call();
            }
            catch (ExternalException e)
            {
                _failure = TorchException.Of(e);
            }
            _done.Set();
        }

        internal void Fail(TorchException failure)
        {
            _failure = failure;
            _done.Set();
        }

        internal object Await()
        {
            _done.Wait();
            return _failure is null ? _result! : throw _failure;
        }

        public void Dispose() => _done.Dispose();
    }
}
