using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Diagnostics;

/// <summary>Kinetic energy per unit mass, (u² + v²) / 2 in m²/s², of winds u and v in m/s.</summary>
public sealed class KineticEnergy : IDiagnosticModel
{
    /// <summary>Its kind in a spec.</summary>
    public const string Kind = "kinetic-energy";

    private const string Text = """
        def diagnose(self, winds: Tensor) -> Tensor:
            return 0.5 * (winds[:, 0:1] * winds[:, 0:1] + winds[:, 1:2] * winds[:, 1:2])
        """;

    private readonly ScriptModule _script;

    /// <param name="options">Variables are the two components of the wind, outputs one name.</param>
    /// <exception cref="SpecException">There are more or fewer variables or outputs.</exception>
    public KineticEnergy(DiagnosticOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Require(Kind, 2, 1, "the two components of the wind, and one output");
        Description = options.Describe(Kind, dependsOnBatch: false, Text);
        _script = ScriptModule.FromSource(Text, name: Kind);
    }

    public DiagnosticDescription Description { get; }

    /// <inheritdoc/>
    public Tensor Diagnose(Tensor fields) => _script.Call("diagnose", fields);

    public void Dispose() => _script.Dispose();
}
