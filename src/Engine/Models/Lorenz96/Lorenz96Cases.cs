namespace Cairn.Engine.Models.Lorenz96;

/// <summary>The states that the model can begin from by itself.</summary>
public static class Lorenz96Cases
{
    /// <summary>Every variable at F, but for one in the middle that is 0.008 above: Lorenz and Emanuel (1998) begin so.</summary>
    public const string Nudged = "nudged";

    /// <summary>Every variable at F: the unstable state of rest.</summary>
    public const string Rest = "rest";

    public static IReadOnlyList<string> Names { get; } = [Nudged, Rest];

    /// <summary>The variables of a case.</summary>
    /// <exception cref="SpecException">There is no such case.</exception>
    public static double[] Make(string name, int size, double forcing)
    {
        var x = new double[size];
        Array.Fill(x, forcing);
        switch (name)
        {
            case Nudged:
                x[(size / 2) - 1] += 0.008;
                return x;
            case Rest:
                return x;
            default:
                throw new SpecException($"The lorenz96 model has no case '{name}'; expected one of {string.Join(", ", Names)}.");
        }
    }
}
