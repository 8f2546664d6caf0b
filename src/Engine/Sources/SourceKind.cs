namespace Cairn.Engine.Sources;

/// <summary>The sources of initial conditions (<c>initial.source</c>): a new one is a class of its own, and a line here.</summary>
internal static class SourceKinds
{
    /// <summary>All of them, in the order of messages.</summary>
    public static IReadOnlyList<SourceKind> All { get; } =
    [
        new NetCdfSource(),
        new ModelSource(),
        new NpySource(),
        new StoredRunSource(),
        new AnalyticSource(),
        new RandomSource(),
        .. LoadedExtensions.Here.SelectMany(extension => extension.Kinds.Sources),
    ];

    /// <summary>The source of an initial condition.</summary>
    public static SourceKind Of(InitialSpec spec) => All.FirstOrDefault(kind => kind.Word == spec.Source) ?? throw new SpecException(
        $"initial.source {spec.Source} is unknown. Use one of {string.Join(", ", All.Select(kind => kind.Word))}.");
}

/// <summary>A source of initial conditions: what a spec may say of it, and how its fields are read.</summary>
/// <param name="word">Its word in a spec.</param>
/// <param name="what">What it is, in a few words.</param>
public abstract class SourceKind(string word, string what)
{
    /// <summary>Its word in a spec.</summary>
    public string Word => word;

    /// <summary>What it is, in a few words.</summary>
    public string What => what;

    /// <summary>Whether a spec has to give its grid.</summary>
    public virtual bool NeedsGrid => false;

    /// <summary>Whether its fields can be brought to another grid.</summary>
    public virtual bool MayRegrid => true;

    /// <summary>Whether it has the same variables at several times.</summary>
    public virtual bool HasTimes => false;

    /// <summary>Whether its path is a folder that may grow: what is read of it is digested then, and not the whole.</summary>
    public virtual bool IsFolder => false;

    /// <summary>The settings that it has besides those of grids.</summary>
    public abstract SettingSection Section { get; }

    /// <summary>Reads what a spec says of it, grids apart.</summary>
    /// <param name="reader">The spec.</param>
    /// <param name="model">The kind of model that the spec names; null where it names none that is known.</param>
    public abstract InitialSpec Read(SettingReader reader, ModelKind? model);

    /// <summary>Reads the fields of a run, on the source's own grid.</summary>
    public virtual InitialCondition Load(RunSpec run) => Load(run.Initial);

    /// <summary>Reads the fields without a model, on the source's own grid.</summary>
    public abstract InitialCondition Load(InitialSpec spec);

    /// <summary>Reads them at another time.</summary>
    /// <exception cref="SpecException">The source has one state only.</exception>
    public virtual InitialCondition Load(InitialSpec spec, CfTime time) => throw OneState();

    /// <summary>The times that it has.</summary>
    /// <exception cref="SpecException">The source has one state only.</exception>
    public virtual IReadOnlyList<CfTime> Times(InitialSpec spec) => throw OneState();

    private SpecException OneState() => new($"initial.source = {Word} gives one state, which no other time has; expected a source with "
        + $"several times. Use {string.Join(" or ", SourceKinds.All.Where(kind => kind.HasTimes).Select(kind => kind.Word))}.");

    /// <summary>A section of <c>initial</c> for the settings of the source with a word.</summary>
    protected static SettingSection<InitialSpec> SectionOf(string word) =>
        new("initial", spec => spec.Initial, () => InitialSettings.Source.Is(word));

    /// <summary>Declares <c>initial.time</c> of a source that has no time of its own, and gives the same fields at each of several.
    /// </summary>
    /// <param name="section">The source's settings.</param>
    /// <param name="compared">What is compared on resume, where that is not the times themselves.</param>
    protected static Setting<InitialTimes> TimesIn(
        SettingSection<InitialSpec> section, Func<RunSpec, IEnumerable<SpecEntry>>? compared = null) => section.Add(
            "time", InitialTimes.Given, i => i.Times, usual: InitialTimes.Of(InitialTime.Usual), shapes: Shaping.Numbers,
            compared: compared, help: "The time that lead times count from, 2000-01-01 by default; a list or a range of several initial "
                + "times.");

    /// <summary>Declares <c>initial.time</c> of a source that has no time of its own, and takes one.</summary>
    /// <param name="section">The source's settings.</param>
    /// <param name="compared">What is compared on resume, where that is not the time itself.</param>
    protected static Setting<InitialTime?> TimeIn(
        SettingSection<InitialSpec> section, Func<RunSpec, IEnumerable<SpecEntry>>? compared = null) => section.Add(
            "time", InitialTime.Given, i => i.Time, usual: InitialTime.Usual, shapes: Shaping.Numbers, compared: compared,
            help: "The time that lead times count from, 2000-01-01 by default.");
}
