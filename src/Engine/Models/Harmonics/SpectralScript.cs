using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Harmonics;

/// <summary>A spectral model's compiled text: its calls, their errors, and whether members depend on their batch.</summary>
/// <remarks>
/// The reference BLAS rounds a member alike in batches of any size: each element is one sum in one order. An optimised BLAS may choose its
/// kernel by the batch, and nothing in its interface tells; so it is tried. On a GPU the answer is taken to be yes: kernels are chosen by
/// size there.
/// </remarks>
internal sealed class SpectralScript : IDisposable
{
    /// <summary>Even, odd and not a multiple of a vector's length.</summary>
    private static readonly int[] ProbedSizes = [2, 5];

    private readonly string _model;
    private readonly ScriptModule _script;
    private readonly long[] _stateShape;
    private readonly string _stateAxes;
    private readonly bool _membersApart;

    /// <param name="model">The model's kind, for messages.</param>
    /// <param name="script">The compiled text with <c>init</c>, <c>step</c> and <c>fields</c>; disposed with this.</param>
    /// <param name="stateShape">Extents of one member's state.</param>
    /// <param name="stateAxes">Their names, for messages.</param>
    /// <param name="membersApart">Whether members are stepped one after the other.</param>
    internal SpectralScript(string model, ScriptModule script, long[] stateShape, string stateAxes, bool membersApart)
    {
        _model = model;
        _script = script;
        _stateShape = stateShape;
        _stateAxes = stateAxes;
        _membersApart = membersApart;
    }

    internal static ScriptModule Compile(
        string text, IEnumerable<KeyValuePair<string, Table>> tables, string name, TorchDType dtype, TorchDevice device)
    {
        var buffers = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            foreach (var (key, table) in tables)
            {
                buffers[key] = table.ToTensor(dtype, device);
            }
            return ScriptModule.FromSource(text, buffers, name);
        }
        finally
        {
            foreach (var buffer in buffers.Values)
            {
                buffer.Dispose();
            }
        }
    }

    /// <summary>Whether a member's bits may depend on its batch.</summary>
    internal bool DependsOnBatch(TorchDType dtype, TorchDevice device) =>
        !_membersApart && (device.IsCuda || ProbedSizes.Any(size => Differs(size, dtype)));

    /// <exception cref="StepException">The state is not one of this model's.</exception>
    internal Tensor Step(Tensor state)
    {
        RequireState(state);
        return _membersApart && state.Shape[0] > 1 ? StepApart(state) : Call("step", state);
    }

    /// <summary>A method of a state.</summary>
    /// <exception cref="StepException">The state is not one of this model's.</exception>
    internal Tensor OfState(string method, Tensor state)
    {
        RequireState(state);
        return Call(method, state);
    }

    /// <exception cref="StepException">The method failed.</exception>
    internal Tensor Call(string method, Tensor argument)
    {
        try
        {
            return _script.Call(method, argument);
        }
        catch (TorchException e) when (e.Fault is TorchFault.Call or TorchFault.Script)
        {
            throw new StepException($"The {_model} model's {method} failed on {argument}: {e.Message}", e);
        }
    }

    internal void Save(string path) => _script.Save(path);

    public void Dispose() => _script.Dispose();

    internal void RequireShape(Tensor tensor, long[] expected, string what)
    {
        if (tensor.Shape.Count != expected.Length + 1 || !tensor.Shape.Skip(1).SequenceEqual(expected))
        {
            throw new StepException($"The {_model} model was given {tensor}; expected {what}: [batch, {string.Join(", ", expected)}]. "
                + "Give it fields or a state of its own grid and truncation.");
        }
    }

    private void RequireState(Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        RequireShape(state, _stateShape, $"a state [batch, {_stateAxes}]");
    }

    private Tensor StepApart(Tensor state)
    {
        var members = new List<Tensor>();
        try
        {
            for (var i = 0; i < state.Shape[0]; i++)
            {
                using var member = state.Slice(i, 1);
                members.Add(Call("step", member));
            }
            return Tensor.Concatenate([.. members]);
        }
        finally
        {
            members.ForEach(m => m.Dispose());
        }
    }

    private bool Differs(int size, TorchDType dtype)
    {
        // Numbers without a pattern and of a vorticity's size; any will do, as long as they are always the same.
        var length = size * _stateShape.Aggregate(1L, (a, b) => a * b);
        double[] values = [.. Enumerable.Range(0, (int)length).Select(i => 1e-5 * Math.Sin(1e-3 * i * (double)i))];
        using var doubles = Tensor.From(values, [size, .. _stateShape]);
        using var state = doubles.To(dtype);
        using var together = Call("step", state);
        using var apart = StepApart(state);
        return !together.HasBitsOf(apart);
    }
}
