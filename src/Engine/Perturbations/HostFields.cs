namespace Cairn.Engine.Perturbations;

/// <summary>Fields of a batch in host memory and double precision, for arithmetic that a model has no part in.</summary>
/// <param name="Values"><c>[member, variable, latitude, longitude]</c> in C order.</param>
/// <param name="Shape">The extents.</param>
internal sealed record HostFields(double[] Values, IReadOnlyList<long> Shape)
{
    public int Members => (int)Shape[0];
    public int Variables => (int)Shape[1];
    private int FieldSize => (int)(Shape[2] * Shape[3]);

    public static HostFields Of(Tensor tensor)
    {
        using var host = tensor.to(ScalarType.Float64, CPU);
        return new HostFields(host.ToArray<double>(), [.. tensor.shape]);
    }

    public Tensor ToTensor(Tensor like)
    {
        using var exact = Tensors.From(Values, [.. Shape]);
        return exact.to(like.dtype, like.device);
    }

    public Span<double> Field(int member, int variable) => Values.AsSpan(((member * Variables) + variable) * FieldSize, FieldSize);

    public HostFields Plus(HostFields other, double factor = 1) =>
        this with { Values = [.. Values.Zip(other.Values, (a, b) => a + (factor * b))] };

    /// <summary>Each member times a factor of its own.</summary>
    public HostFields Times(IReadOnlyList<double> factors) =>
        this with { Values = [.. Values.Select((value, i) => value * factors[i / (Variables * FieldSize)])] };
}
