namespace Cairn.Engine.Models.Diagnostics;

/// <summary>Kinetic energy per unit mass, (u² + v²) / 2 in m²/s², of winds u and v in m/s.</summary>
public sealed class KineticEnergy : IDiagnosticModel
{
    /// <summary>Its kind in a spec.</summary>
    public const string Kind = "kinetic-energy";

    /// <param name="options">Variables are the two components of the wind, outputs one name.</param>
    /// <exception cref="SpecException">There are more or fewer variables or outputs.</exception>
    public KineticEnergy(DiagnosticOptions options)
    {
        options.Require(Kind, 2, 1, "the two components of the wind, and one output");
        Description = options.Describe(Kind, dependsOnBatch: false, "kinetic energy: (u u + v v) / 2, version 2");
    }

    public DiagnosticDescription Description { get; }

    public Tensor Diagnose(Tensor fields)
    {
        using var scope = NewDisposeScope();
        var (u, v) = (fields.narrow(1, 0, 1), fields.narrow(1, 1, 1));
        return (u * u).Plus(v * v).Times(0.5).MoveToOuterDisposeScope();
    }

    public void Dispose() { }
}
