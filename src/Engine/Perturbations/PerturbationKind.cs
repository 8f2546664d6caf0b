namespace Cairn.Engine.Perturbations;

/// <summary>The perturbations (<c>ensemble.perturbation.kind</c>): a new one is a class of its own, and a line here. What only shapes noise
/// in space is a line of <see cref="NoiseKinds"/>.</summary>
internal static class PerturbationKinds
{
    /// <summary>All of them, in the order of messages.</summary>
    public static IReadOnlyList<PerturbationKind> All { get; } =
    [
        new ZeroKind(),
        .. NoiseKinds.All.Select(noise => new NoisyKind(noise)),
        new BredVectorKind(),
        new CentredBredVectorKind(),
        new LaggedEnsembleKind(),
        .. LoadedExtensions.Here.SelectMany(extension => extension.Kinds.Perturbations),
    ];

    public static PerturbationKind Of(PerturbationSpec spec) => All.FirstOrDefault(kind => kind.Word == spec.Kind)
        ?? throw new SpecException($"ensemble.perturbation.kind {spec.Kind} is unknown. Use one of "
            + $"{string.Join(", ", All.Select(kind => kind.Word))}.");
}

/// <summary>A kind of perturbation: what a spec may say of it, and how it is made of that.</summary>
/// <param name="word">Its word in a spec.</param>
/// <param name="what">What it does, in a few words.</param>
public abstract class PerturbationKind(string word, string what)
{
    /// <summary>Its word in a spec.</summary>
    public string Word => word;

    /// <summary>What it does, in a few words.</summary>
    public string What => what;

    /// <summary>Whether it has noise, of its own or to start from, and so an amplitude by variable.</summary>
    public virtual bool HasNoise => true;

    /// <summary>The settings that it has besides the amplitude; none by default.</summary>
    public virtual IReadOnlyList<SettingSection> Sections => [];

    /// <summary>Reads what it needs besides, and gives the spec back with it (<see cref="PerturbationSpec.Own"/>).</summary>
    public virtual PerturbationSpec Read(SettingReader reader, PerturbationSpec spec) => spec;

    /// <summary>Notes what does not go with the rest of a spec.</summary>
    public virtual void Check(SettingReader reader, RunSpec spec) { }

    /// <summary>The times, relative to the initial one, whose fields are needed too.</summary>
    public virtual IEnumerable<TimeSpan> OtherTimes(PerturbationSpec spec, TimeSpan modelStep) => [];

    /// <summary>A new perturbation, with state of its own.</summary>
    /// <exception cref="SpecException">The model does not allow it.</exception>
    public abstract IPerturbation Create(PerturbationRequest request);

    /// <summary>A section of <c>ensemble.perturbation</c> for the settings of the kind with a word, which are read into
    /// <typeparamref name="T"/>.</summary>
    protected static SettingSection<T> SectionOf<T>(string word)
        where T : class => new(
            PerturbationSettings.Prefix, spec => spec.Ensemble.Perturbation.Of<T>(), () => PerturbationSettings.Kind.Is(word));
}

/// <summary>What a perturbation is made from.</summary>
/// <param name="Ensemble">The members of the run.</param>
/// <param name="Model">The model, which breeding cycles through.</param>
/// <param name="Analysis">The initial condition that lies so much before or after that of the run.</param>
public sealed record PerturbationRequest(EnsembleSpec Ensemble, IPrognosticModel Model, Func<TimeSpan, InitialCondition> Analysis)
{
    /// <summary>What the spec says of it.</summary>
    public PerturbationSpec Spec => Ensemble.Perturbation;

    /// <summary>The amplitude of each input variable; 0 for one that is not perturbed.</summary>
    public double[] Amplitudes() =>
    [
        .. Model.Description.InputVariables.Select(name => Spec.Variables?.Contains(name, StringComparer.Ordinal) ?? true
            ? Spec.AmplitudeOf.FirstOrDefault(a => a.Variable == name)?.Amplitude ?? Spec.Amplitude
            : 0),
    ];

    /// <summary>Noise of these amplitudes.</summary>
    public NoisePerturbation Noise() => new(
        unchecked((ulong)Ensemble.Seed), Amplitudes(), NoiseKinds.Of(Spec.Noise).Create(Spec.Noise, Model.Description.InputGrid));
}

/// <summary>Noise, added as it is.</summary>
/// <param name="noise">Its structure in space.</param>
internal sealed class NoisyKind(NoiseKind noise) : PerturbationKind(noise.Word, noise.What)
{
    private readonly Lazy<NoiseSettings> _settings = new(
        () => new NoiseSettings(noise, PerturbationSettings.Prefix, PerturbationSettings.Kind.Is(noise.Word)));

    public override IReadOnlyList<SettingSection> Sections => [_settings.Value.Section];

    public override PerturbationSpec Read(SettingReader reader, PerturbationSpec spec) =>
        spec with { Noise = _settings.Value.Read(reader) };

    public override IPerturbation Create(PerturbationRequest request) => request.Noise();
}

/// <summary>Makes the perturbation that a spec names.</summary>
public static class PerturbationFactory
{
    /// <summary>A new one, with state of its own: each batch has one.</summary>
    /// <param name="spec">The members of the run.</param>
    /// <param name="model">The model, which breeding cycles through.</param>
    /// <param name="analysis">The initial condition that lies so much before or after that of the run.</param>
    /// <exception cref="SpecException">The model does not allow it.</exception>
    public static IPerturbation Create(EnsembleSpec spec, IPrognosticModel model, Func<TimeSpan, InitialCondition> analysis) =>
        PerturbationKinds.Of(spec.Perturbation).Create(new PerturbationRequest(spec, model, analysis));
}
