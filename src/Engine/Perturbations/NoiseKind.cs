namespace Cairn.Engine.Perturbations;

/// <summary>The structures of noise in space, each a perturbation by itself and what vectors may be bred from
/// (<c>ensemble.perturbation.seeding.kind</c>): a new one is a class of its own, and a line here.</summary>
internal static class NoiseKinds
{
    /// <summary>All of them, in the order of messages.</summary>
    public static IReadOnlyList<NoiseKind> All { get; } =
    [
        new WhiteNoiseKind(),
        new SphericalGaussianKind(),
        new CorrelatedSphericalGaussianKind(),
        new BrownNoiseKind(),
        .. LoadedExtensions.Here.SelectMany(extension => extension.Kinds.Noises),
    ];

    public static NoiseKind Of(NoiseSpec spec) => Of(spec.Kind);

    public static NoiseKind Of(string word) => All.FirstOrDefault(kind => kind.Word == word) ?? throw new SpecException(
        $"Noise of the kind {word} is unknown. Use one of {string.Join(", ", All.Select(kind => kind.Word))}.");
}

/// <summary>A structure of noise in space: what a spec may say of it, and how it is made of that.</summary>
/// <param name="word">Its word in a spec.</param>
/// <param name="what">What it is like, in a few words.</param>
public abstract class NoiseKind(string word, string what)
{
    /// <summary>What the settings are that a spec does not give.</summary>
    protected static readonly NoiseSpec Usual = new();

    /// <summary>Its word in a spec.</summary>
    public string Word => word;

    /// <summary>What it is like, in a few words.</summary>
    public string What => what;

    /// <summary>Declares its settings in a section; what is given back reads them. The record has the kind's word
    /// (<see cref="NoiseSpec.Kind"/>), and what an extension's kind needs in <see cref="NoiseSpec.Own"/>.</summary>
    public abstract Func<SettingReader, NoiseSpec> Declare(SettingSection<NoiseSpec> section);

    /// <summary>The noise on a grid.</summary>
    public abstract INoise Create(NoiseSpec spec, LatLonGrid grid);
}

/// <summary>The settings of one kind of noise, in one place of a spec.</summary>
internal sealed class NoiseSettings
{
    private readonly Func<SettingReader, NoiseSpec> _read;

    public NoiseSettings(NoiseKind kind, string prefix, SettingChoice choice)
    {
        var section = new SettingSection<NoiseSpec>(prefix, spec => spec.Ensemble.Perturbation.Noise, choice);
        (Section, _read) = (section, kind.Declare(section));
    }

    public SettingSection Section { get; }
    public NoiseSpec Read(SettingReader reader) => _read(reader);
}
