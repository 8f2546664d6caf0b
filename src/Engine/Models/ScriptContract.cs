using System.Text.RegularExpressions;
using Cairn.Engine.Torch;
using static TorchSharp.torch;

namespace Cairn.Engine.Models;

/// <summary>What every method of a user's TorchScript has to be like.</summary>
internal static partial class ScriptContract
{
    /// <summary>Whether a method takes one tensor and gives one; further arguments are fine as long as each has a default.</summary>
    internal static bool TakesOneTensor(Script module, string method) => OneTensorToOneTensor().IsMatch(module.Signature(method));

    /// <summary>Requires one tensor to one tensor.</summary>
    /// <exception cref="SpecException">The method has another signature.</exception>
    internal static void Require(Script module, string method)
    {
        if (!TakesOneTensor(module, method))
        {
            throw new SpecException($"Method '{method}' of '{module.Name}' has the signature {module.Signature(method)}; "
                + $"expected {method}(x: Tensor) -> Tensor"
                + (method == "init" ? ", or init(fields: Tensor, time: Tensor) -> Tensor." : "."));
        }
    }

    [GeneratedRegex(@"^\w+\((?:\S+ self, )?Tensor \w+(, [^,=]+=[^,]+)*\) -> \(?Tensor\b[^,]*$")]
    private static partial Regex OneTensorToOneTensor();
}
