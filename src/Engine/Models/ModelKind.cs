using Cairn.Engine.Models.Barotropic;
using Cairn.Engine.Models.Earth2Studio;
using Cairn.Engine.Models.Lorenz96;
using Cairn.Engine.Models.Onnx;
using Cairn.Engine.Models.Python;
using Cairn.Engine.Models.ShallowWater;
using Cairn.Engine.Models.SphericalShallowWater;

namespace Cairn.Engine.Models;

/// <summary>The kinds of models there are (<c>model.kind</c>): a new one is a class in a folder of its own, and a line here.</summary>
internal static class ModelKinds
{
    /// <summary>All of them, in the order of messages and help.</summary>
    public static IReadOnlyList<ModelKind> All { get; } =
    [
        new PersistenceKind(),
        new ScriptKind(),
        new OnnxKind(),
        new PythonKind(),
        new Earth2StudioKind(),
        new BarotropicKind(),
        new ShallowWaterKind(),
        new SphericalShallowWaterKind(),
        new Lorenz96Kind(),
        new MeshKind(),
        .. LoadedExtensions.Here.SelectMany(extension => extension.Kinds.Models),
    ];

    public static ModelKind Of(ModelSpec model) => All.FirstOrDefault(kind => kind.Word == model.Kind) ?? throw new SpecException(
        $"model.kind {model.Kind} is not known here. Use one of {string.Join(", ", All.Select(kind => kind.Word))}.");
}

/// <summary>What a model is made from.</summary>
/// <param name="Spec">The model.</param>
/// <param name="Initial">The initial condition, whose grid it is made for.</param>
/// <param name="Device">Where it is stepped.</param>
/// <param name="DType">The type of its state's numbers.</param>
/// <param name="Bounds">Physical bounds by output variable.</param>
/// <param name="StepsElsewhere">Whether weights are left in their file: what comes then can be asked for its description alone.</param>
/// <param name="Process">How a process is watched that the model is stepped by.</param>
public sealed record ModelRequest(
    ModelSpec Spec, InitialCondition Initial, Device Device, ScalarType DType, IReadOnlyDictionary<string, FieldBounds> Bounds,
    bool StepsElsewhere, ModelProcess Process)
{
    /// <summary>What its steps are given by time; null where that is nothing.</summary>
    internal ForcingFields? Forcing { get; init; }

    /// <summary>A model with weights: no more than its description where it is stepped by other processes.</summary>
    /// <param name="describe">What it is, without its weights; null where only the weights define it.</param>
    /// <param name="open">Loads it.</param>
    public IPrognosticModel Opened(Func<ModelDescription?> describe, Func<IPrognosticModel> open) =>
        StepsElsewhere && describe() is { } description ? new AbsentModel(description) : open();

    /// <summary>The same of one that is tried with the initial fields as it is loaded.</summary>
    /// <param name="variables">The variables that it is given.</param>
    /// <param name="describe">What it is, without its weights.</param>
    /// <param name="open">Loads it, and tries it with fields <c>[1, variable, latitude, longitude]</c>, in double precision.</param>
    public IPrognosticModel Opened(
        IReadOnlyList<string> variables, Func<ModelDescription> describe, Func<Tensor, IPrognosticModel> open) => Opened(describe, () =>
        {
            using var one = Initial.ToTensor(variables);
            using var fields = one.unsqueeze(0);
            return open(fields);
        });
}

/// <summary>A kind of model: what a spec may say of it, and how it is made of that.</summary>
/// <param name="word">Its word in a spec.</param>
/// <param name="what">What it is, in a few words.</param>
public abstract class ModelKind(string word, string what)
{
    /// <summary>Its word in a spec.</summary>
    public string Word => word;

    /// <summary>What it is, in a few words.</summary>
    public string What => what;

    /// <summary>The settings that it has besides those of every model; none by default.</summary>
    public virtual IReadOnlyList<SettingSection> Sections => [];

    /// <summary>The type of its numbers, unless a spec says otherwise.</summary>
    public virtual string DType => "float64";

    /// <summary>A step that it is stable with as it comes, as a spec writes it.</summary>
    public virtual string UsualStep => "30m";

    /// <summary>Whether <c>device = auto</c> is the CPU whatever there is besides.</summary>
    public virtual bool StaysOnHost => false;

    /// <summary>Names of the states that it can begin from by itself, the usual one first; none where it needs another source.</summary>
    public virtual IReadOnlyList<string> Cases => [];

    /// <summary>The variables of those states, in channel order; none where only the model itself defines them.</summary>
    public virtual IReadOnlyList<string> CaseVariables => [];

    /// <summary>What libraries of its own its bits depend on.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> Fingerprint => [];

    /// <summary>Reads what it needs besides; null for nothing.</summary>
    public abstract object? Read(SettingReader reader, InitialSpec initial);

    /// <summary>Its output variables, or null when only the model itself defines them.</summary>
    public abstract IReadOnlyList<string>? Outputs(ModelSpec model, InitialSpec initial);

    /// <summary>Why it cannot be stepped on a GPU, and what to do; null where it can.</summary>
    public virtual string? AgainstCuda => null;

    /// <summary>Loads or builds the model.</summary>
    /// <exception cref="SpecException">The model cannot run there: a grid that it cannot represent, a variable that it lacks.</exception>
    /// <exception cref="DataException">The model's file cannot be used.</exception>
    public abstract IPrognosticModel Create(ModelRequest request);

    /// <summary>One of <see cref="Cases"/>.</summary>
    /// <exception cref="SpecException">The model has no such state.</exception>
    public virtual InitialCondition ReadCase(ModelSpec model, string name, CfTime time) => throw new SpecException(
        $"The {Word} model has no initial state of its own; expected an initial.source other than model.");

    /// <summary>Whether one model serves several initial times: where what it does depends on the time, it is an
    /// <see cref="IDatedModel"/> then.</summary>
    public virtual bool TakesSeveralTimes => false;

    /// <summary>Whether its steps can be given fields that depend on the time (<see cref="ModelSpec.Forcing"/>).</summary>
    internal virtual bool TakesForcing => false;

    /// <summary>Whether its domain can be cut for ranks: what <see cref="Create(ModelRequest)"/> makes is an
    /// <see cref="ICuttableModel"/> then.</summary>
    public virtual bool CanBeCut => false;

    /// <summary>A section of <c>model</c> for the settings of the kind with a word, which are read into <typeparamref name="T"/>.</summary>
    protected static SettingSection<T> SectionOf<T>(string word)
        where T : class => new("model", spec => spec.Model.Of<T>(), () => ModelSettings.Kind.Is(word));

    /// <summary>A state that has no units.</summary>
    protected static InitialCondition Case(IReadOnlyList<string> variables, LatLonGrid grid, double[] fields, CfTime time) =>
        new(variables, grid, fields, time, variables.ToDictionary(v => v, _ => (string?)null));
}

/// <summary>A kind of model that needs something besides what every model has.</summary>
/// <param name="word">Its word in a spec.</param>
/// <param name="what">What it is, in a few words.</param>
/// <typeparam name="TOwn">What it needs, as a spec says it: an immutable record.</typeparam>
public abstract class ModelKind<TOwn>(string word, string what) : ModelKind(word, what)
    where TOwn : class
{
    public sealed override object Read(SettingReader reader, InitialSpec initial) => ReadOwn(reader, initial);

    public sealed override IReadOnlyList<string>? Outputs(ModelSpec model, InitialSpec initial) =>
        model.Of<TOwn>() is { } own ? OutputsOf(own) : null;

    public sealed override IPrognosticModel Create(ModelRequest request) => Create(request, request.Spec.Of<TOwn>()!);

    public sealed override InitialCondition ReadCase(ModelSpec model, string name, CfTime time) =>
        Cases.Count == 0 ? base.ReadCase(model, name, time) : ReadCase(model, model.Of<TOwn>()!, name, time);

    /// <summary>Reads what it needs besides.</summary>
    protected abstract TOwn ReadOwn(SettingReader reader, InitialSpec initial);

    /// <summary>Its output variables, or null when only the model itself defines them.</summary>
    protected virtual IReadOnlyList<string>? OutputsOf(TOwn own) => null;

    /// <inheritdoc cref="ModelKind.Create"/>
    protected abstract IPrognosticModel Create(ModelRequest request, TOwn own);

    /// <summary>One of its states, on its own grid.</summary>
    protected virtual InitialCondition ReadCase(ModelSpec model, TOwn own, string name, CfTime time) => base.ReadCase(model, name, time);
}

/// <summary>A model that other processes have loaded, as one knows it that does not step it: its description, and no weights.</summary>
internal sealed class AbsentModel(ModelDescription description) : IPrognosticModel
{
    public ModelDescription Description => description;
    public Tensor Initialize(Tensor fields) => throw NotHere(description.Kind);
    public Tensor Step(Tensor state) => throw NotHere(description.Kind);
    public Tensor Fields(Tensor state) => throw NotHere(description.Kind);
    public void Dispose() { }

    internal static InvalidOperationException NotHere(string kind) =>
        new($"The weights of {kind} are loaded by the processes that step it; this one only describes it.");
}

internal sealed class AbsentDiagnostic(DiagnosticDescription description) : IDiagnosticModel
{
    public DiagnosticDescription Description => description;
    public Tensor Diagnose(Tensor fields) => throw AbsentModel.NotHere(description.Kind);
    public void Dispose() { }
}
