using System.Text.RegularExpressions;
using Cairn.Engine.Torch;

namespace Cairn.Engine.Models;

/// <summary>What every method of a user's TorchScript has to be like.</summary>
internal static partial class ScriptContract
{
    /// <summary>Whether a method takes one tensor and gives one; further arguments are fine as long as each has a default.</summary>
    internal static bool TakesOneTensor(ScriptModule module, string method) => OneTensorToOneTensor().IsMatch(module.Signature(method));

    /// <summary>Requires one tensor to one tensor, and no state of its own.</summary>
    /// <exception cref="SpecException">The method has another signature, or assigns attributes.</exception>
    internal static void Require(ScriptModule module, string method)
    {
        if (!TakesOneTensor(module, method))
        {
            throw new SpecException($"Method '{method}' of '{module.Name}' has the signature {module.Signature(method)}; "
                + $"expected {method}(self, x: Tensor) -> Tensor"
                + (method == "init" ? ", or init(self, fields: Tensor, time: Tensor) -> Tensor." : "."));
        }

        RequireStateless(module, method);
    }

    /// <exception cref="SpecException">The method assigns attributes.</exception>
    internal static void RequireStateless(ScriptModule module, string method)
    {
        if (module.WrittenAttributes(method) is { Count: > 0 } written)
        {
            throw new SpecException($"Method '{method}' of '{module.Name}' assigns self.{string.Join(", self.", written)}, which a "
                + "checkpoint would not hold; expected all state in the tensor that step takes and returns.");
        }
    }

    [GeneratedRegex(@"^\w+\(\S+ self, Tensor \w+(, [^,=]+=[^,]+)*\) -> \(?Tensor\b[^,]*$")]
    private static partial Regex OneTensorToOneTensor();
}
