using Cairn.Engine.Runs;
using Cairn.Engine.Settings;

namespace Cairn.Engine.Models;

/// <summary>The state never changes: the reference forecast, and the cheapest way to try a run's plumbing.</summary>
internal sealed class PersistenceKind() : ModelKind("persistence", "the state never changes")
{
    public override bool TakesSeveralTimes => true;

    public override string DType => "float32";

    public override bool CanBeCut => true;

    public override object? Read(SettingReader reader, InitialSpec initial) => null;

    public override IReadOnlyList<string> Outputs(ModelSpec model, InitialSpec initial) => initial.VariableNames;

    public override IPrognosticModel Create(ModelRequest request) => new PersistenceModel(
        request.Initial.Variables, request.Initial.Grid, request.Spec.Step, request.DType, request.Device, request.Bounds);
}
