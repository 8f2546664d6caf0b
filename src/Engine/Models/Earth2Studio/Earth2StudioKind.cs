using Cairn.Engine.Models.Python;

namespace Cairn.Engine.Models.Earth2Studio;

/// <summary>How a model of Earth2Studio is asked for its next state.</summary>
public enum StepBy
{
    /// <summary>By a call of the model a step.</summary>
    Call,

    /// <summary>By the iterator that it makes, which has to bind what it needs to go on.</summary>
    Iterator,
}

/// <summary>A prognostic model of Earth2Studio.</summary>
/// <param name="Process">The process that steps it.</param>
/// <param name="Model">Module and class or factory, such as <c>earth2studio.models.px:SFNO</c>.</param>
/// <param name="Package">Folder or address of its package; null for the model's own.</param>
/// <param name="By">How it is stepped.</param>
/// <param name="TorchDevice">Where PyTorch steps it, such as <c>cuda:0</c>.</param>
public sealed record Earth2StudioSpec(PythonSpec Process, string Model, string? Package, StepBy By, string TorchDevice)
    : PythonSpec(Process);

/// <summary>A prognostic model of Earth2Studio, stepped in a Python process by <c>python/cairn/earth2studio.py</c>.</summary>
internal sealed class Earth2StudioKind() : PythonKind<Earth2StudioSpec>("earth2studio", "a prognostic model of Earth2Studio")
{
    public override IReadOnlyList<SettingSection> Sections => [PythonSettings.Section, Earth2StudioSettings.Section];
    public override string UsualStep => "6h";

    public override string AgainstCuda => "states of a model of Earth2Studio are in the CPU's memory between steps. Use model.device = cpu "
        + "or auto, and model.torch-device = \"cuda:0\" to step it on a GPU.";

    protected override Earth2StudioSpec ReadOwn(SettingReader reader, InitialSpec initial) => Earth2StudioSettings.Read(reader, initial);

    protected override JsonObject Arguments(Earth2StudioSpec own) => new()
    {
        ["model"] = own.Model,
        ["package"] = own.Package,
        ["by"] = SpecText.Word(own.By),
        ["torch_device"] = own.TorchDevice,
        ["arguments"] = base.Arguments(own),
    };
}

/// <summary>The settings of <c>model</c> for models of Earth2Studio, besides those of Python classes.</summary>
internal static class Earth2StudioSettings
{
    /// <summary>What steps them.</summary>
    private const string Adapter = "cairn.earth2studio:Prognostic";

    public static readonly SettingSection<Earth2StudioSpec> Section = new(
        "model", spec => spec.Model.Of<Earth2StudioSpec>(), ModelSettings.Kind.Is("earth2studio"));

    private static readonly Setting<string> Model = Section.Add(
        "model", Text("a module and a model in it, such as earth2studio.models.px:SFNO", PythonSettings.IsName), e => e.Model,
        shapes: Shaping.Numbers, example: "\"earth2studio.models.px:Persistence\"",
        help: "The module and the class in it, or a function of yours that makes a model. A class with load_model is loaded from its "
            + "package; any other is called with model.arguments, and with variable, domain_coords and dt if it takes them.");

    private static readonly Setting<string?> Package = Section.Add(
        "package", MaybeText("a folder or an address of a model package"), e => e.Package,
        unset: "the model's default package", shapes: Shaping.Numbers, example: "/models/fcn",
        help: "The model package to load from, a folder or an address that Earth2Studio knows. Its files are not compared on resume.");

    private static readonly Setting<StepBy> By = Section.Add(
        "by", Word<StepBy>(), e => e.By, usual: StepBy.Call, shapes: Shaping.Numbers,
        help: "Whether each step is a call of the model, or one of the iterator that it makes. An iterator may do more, such as taking "
            + "another network every fourth step; it has to bind its state at level 2 by bind_checkpoint_state, or is refused.");

    private static readonly Setting<string> TorchDevice = Section.Add(
        "torch-device", Text("a device of PyTorch, such as cpu or cuda:0", text => text.Length > 0), e => e.TorchDevice, usual: "cpu",
        shapes: Shaping.Fingerprint, help: "Where PyTorch steps it; states are in the CPU's memory between steps.");

    public static Earth2StudioSpec Read(SettingReader reader, InitialSpec initial)
    {
        var model = reader.Get(Model);
        var process = PythonSettings.Read(reader, initial, Adapter, reader.Find(Model.Key)?.Origin.File);
        return new Earth2StudioSpec(process, model, reader.Get(Package), reader.Get(By), reader.Get(TorchDevice));
    }
}
