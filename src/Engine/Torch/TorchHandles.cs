using System.Runtime.InteropServices;

namespace Cairn.Engine.Torch;

/// <summary>
/// Owns one tensor of the shim. A forgotten one is freed by the finalizer, late: native memory does not press on the collector.
/// </summary>
internal sealed class TensorHandle : SafeHandle
{
    public TensorHandle() : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeTorch.TensorFree(handle);
        return true;
    }
}

/// <summary>Owns one script module.</summary>
internal sealed class ModuleHandle : SafeHandle
{
    public ModuleHandle() : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeTorch.ModuleFree(handle);
        return true;
    }
}

/// <summary>Owns one generator of random numbers.</summary>
internal sealed class GeneratorHandle : SafeHandle
{
    public GeneratorHandle() : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeTorch.GeneratorFree(handle);
        return true;
    }
}
