using static TorchSharp.torch;

namespace Cairn.Engine.Models;

/// <summary>A model whose calls cost something by themselves, and which takes several steps by one.</summary>
internal interface IStretchModel : ITimedModel
{
    /// <summary>Advances a state that stands at a lead time by several steps, to the bits that as many single ones give.</summary>
    Tensor Steps(Tensor state, TimeSpan leadTime, int count);
}
