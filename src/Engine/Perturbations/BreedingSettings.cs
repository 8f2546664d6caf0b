namespace Cairn.Engine.Perturbations;

/// <summary>The settings of <c>ensemble.perturbation</c> for vectors that are bred.</summary>
internal static class BreedingSettings
{
    private static readonly SettingChoice Bred = PerturbationSettings.Kind.Is(BredVectorKind.Name, CentredBredVectorKind.Name);

    private static readonly SettingSection<PerturbationSpec> Seeding = new(
        PerturbationSettings.Prefix, spec => spec.Ensemble.Perturbation, Bred);

    private static readonly Setting<string> SeedingKind = Seeding.Add(
        "seeding.kind", OneOf([.. NoiseKinds.All.Select(kind => kind.Word)]), p => p.Noise.Kind, usual: BrownNoiseKind.Name,
        shapes: Shaping.Numbers, comparedLast: true,
        help: $"The noise that vectors start from: {string.Join(", ", NoiseKinds.All.Select(kind => kind.Word))}. Its settings are those "
            + "of the perturbation of the same name.");

    private static readonly IReadOnlyDictionary<string, NoiseSettings> Noise = NoiseKinds.All.ToDictionary(
        kind => kind.Word,
        kind => new NoiseSettings(kind, PerturbationSettings.Prefix + ".seeding", SeedingKind.Is(kind.Word)));

    private static readonly SettingSection<PerturbationSpec> Cycling = new(
        PerturbationSettings.Prefix, spec => spec.Ensemble.Perturbation, Bred);

    private static readonly Setting<int> Cycles = Cycling.Add(
        "cycles", Integer("how often a vector is bred", 1, 10_000), p => p.Cycles, shapes: Shaping.Numbers, comparedLast: true,
        unset: "20 or 3, by the kind", example: "20",
        help: "The number of cycles, by default 20 for bred-vector and 3 for hemispheric-centred-bred-vector.");

    private static readonly Setting<TimeSpan?> Spacing = Cycling.Add(
        "spacing", Maybe(Duration("6h")), p => p.Spacing, unset: "model.step", shapes: Shaping.Numbers, comparedLast: true, example: "6h",
        help: "The time of a cycle, a whole multiple of model.step; by default one step. The hemispheric ones read the fields of as many "
            + "earlier times from the initial source.");

    /// <summary>All of them, in the order in which they are written.</summary>
    public static IReadOnlyList<SettingSection> Sections { get; } = [Seeding, .. Noise.Values.Select(noise => noise.Section), Cycling];

    public static PerturbationSpec Read(SettingReader reader, PerturbationSpec spec, int cycles) => spec with
    {
        Noise = Noise[reader.Get(SeedingKind)].Read(reader),
        Cycles = reader.Get(Cycles, cycles),
        Spacing = reader.Get(Spacing),
    };

    /// <summary>Notes a cycle that is no whole number of steps.</summary>
    public static void Check(SettingReader reader, RunSpec spec)
    {
        var step = spec.Model.Step;
        if (spec.Ensemble.Perturbation.Spacing is { } spacing && step > TimeSpan.Zero && spacing.Ticks % step.Ticks != 0)
            reader.Wrong(Spacing.Key, reader.Find(Spacing.Key), SpecText.Duration(spacing),
                $"a whole multiple of model.step = {SpecText.Duration(step)}");
    }

    /// <summary>The model steps of a cycle.</summary>
    public static int StepsPerCycle(PerturbationRequest request) =>
        request.Spec.Spacing is { } spacing ? (int)(spacing.Ticks / request.Model.Description.Step.Ticks) : 1;
}
