using Cairn.Engine.Models.Diagnostics;
using static TorchSharp.torch;

namespace Cairn.Engine.Models;

/// <summary>A model that other processes have loaded, as one knows it that does not step it: its description, and no weights.</summary>
internal sealed class AbsentModel(ModelDescription description) : IPrognosticModel
{
    public ModelDescription Description => description;

    public Tensor Initialize(Tensor fields) => throw NotHere(description.Kind);

    public Tensor Step(Tensor state) => throw NotHere(description.Kind);

    public Tensor Fields(Tensor state) => throw NotHere(description.Kind);

    public void Dispose()
    {
    }

    internal static InvalidOperationException NotHere(string kind) =>
        new($"The weights of {kind} are loaded by the processes that step it; this one only describes it.");
}

/// <summary>The same of a diagnostic.</summary>
internal sealed class AbsentDiagnostic(DiagnosticDescription description) : IDiagnosticModel
{
    public DiagnosticDescription Description => description;

    public Tensor Diagnose(Tensor fields) => throw AbsentModel.NotHere(description.Kind);

    public void Dispose()
    {
    }
}
