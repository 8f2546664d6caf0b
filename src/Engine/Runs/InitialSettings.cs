namespace Cairn.Engine.Runs;

/// <summary>The settings of <c>initial</c> that do not belong to one source.</summary>
internal static class InitialSettings
{
    private static readonly SettingSection<InitialSpec> Section = new("initial", spec => spec.Initial);

    public static readonly Setting<string> Source = Section.Add(
        "source", LoadedExtensions.KindWord(SourceKinds.All.Select(kind => kind.Word)),
        i => i.Source, shapes: Shaping.Numbers, example: "netcdf",
        help: $"Where the initial condition comes from: {string.Join(", ", SourceKinds.All.Select(kind => $"{kind.Word} ({kind.What})"))}. "
            + "docs/sources.md describes them.");

    private static readonly SettingSection<InitialSpec> OfTimes = new("initial", spec => spec.Initial, Those(kind => kind.HasTimes));

    private static readonly Setting<IReadOnlyList<TimeSpan>> History = OfTimes.Add(
        "history", Spans, i => i.History, usual: Given.Of<IReadOnlyList<TimeSpan>>([]), shapes: Shaping.Numbers, ifUnusual: true,
        example: "[6h]",
        help: "How long before the initial time the same variables are read too, for a model that takes several times: [6h] gives u-6h "
            + "beside each u, the oldest first. The source has to have those times.");

    private static readonly GridSettings Grid = new(new("initial.grid", spec => spec.Initial.Grid, Those(kind => kind.NeedsGrid)));

    private static readonly RegridSettings Regrid = new(Those(kind => kind.MayRegrid));

    /// <summary>All settings of <c>initial</c>, in the order in which they are written.</summary>
    public static IEnumerable<SettingSection> Sections() =>
        [Section, .. SourceKinds.All.Select(kind => kind.Section), OfTimes, Grid.Section, Regrid.GridSection, Regrid.Section];

    /// <summary>Reads it for the kind of model that the spec names; null where it names none that is known.</summary>
    public static InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        if (!reader.TryGet(Source, out var word))
        {
            // What else is missing depends on the source.
            return new InitialSpec(SourceKinds.All[0].Word, "", null, []);
        }
        var kind = SourceKinds.All.First(source => source.Word == word);
        var spec = kind.Read(reader, model) with
        {
            Grid = kind.NeedsGrid ? Grid.Read(reader) : null,
            Regrid = kind.MayRegrid ? Regrid.Read(reader) : null,
            History = kind.HasTimes ? [.. reader.Get(History).OrderDescending()] : [],
        };
        foreach (var twice in spec.HistoryNames.Intersect(spec.Variables.Select(v => v.Name)))
            reader.Wrong(History.Key, reader.Find(History.Key), $"{twice}, which initial.variables names already", "one of the two");
        return spec;
    }

    private static SettingChoice Those(Func<SourceKind, bool> which) =>
        Source.Is([.. SourceKinds.All.Where(which).Select(kind => kind.Word)]);
}

/// <summary>The initial condition of a run.</summary>
/// <param name="Source">What kind of source: its word.</param>
/// <param name="Path">Absolute path of the file or store; it existed when the spec was read. Empty for a source without one, or with one
/// for each variable.</param>
/// <param name="Time">Which time of the file, or null when the file has only one; for a source without times, the one that its fields get.
/// </param>
/// <param name="Variables">The model's input variables and where each comes from, in the spec's order, which is the channel order.</param>
public sealed record InitialSpec(
    string Source, string Path, InitialTime? Time, IReadOnlyList<InitialVariable> Variables)
{
    /// <summary>The initial times after <see cref="Time"/>, growing; usually none.</summary>
    public IReadOnlyList<InitialTime> LaterTimes { get; init; } = [];

    /// <summary>Whether it is one of several initial times of a run, so that the source itself has to have it.</summary>
    public bool IsOneOfSeveral { get; private init; }

    /// <summary>All initial times.</summary>
    public InitialTimes Times => new(Time, LaterTimes);

    /// <summary>How many initial times there are.</summary>
    public int TimeCount => 1 + LaterTimes.Count;

    /// <summary>The initial condition at one of the initial times, from 0.</summary>
    public InitialSpec At(int time) => LaterTimes.Count == 0
        ? this
        : this with { Time = time == 0 ? Time : LaterTimes[time - 1], LaterTimes = [], IsOneOfSeveral = true };

    /// <summary>Which state, of <c>model</c> and <c>analytic</c>; null for every other source.</summary>
    public string? Case { get; init; }

    /// <summary>The grid of a source that has none of its own; null for every other source.</summary>
    public GridSpec? Grid { get; init; }

    /// <summary>The grid that the fields are brought to, or null for the source's own.</summary>
    public RegridSpec? Regrid { get; init; }

    /// <summary><c>zarr</c>: which member of the store.</summary>
    public int Member { get; init; }

    /// <summary><c>zarr</c>: which lead time of the store, or null for the last that is committed.</summary>
    public TimeSpan? LeadTime { get; init; }

    /// <summary><c>random</c>: the noise of each variable, in the order of <see cref="Variables"/>; else empty.</summary>
    public IReadOnlyList<RandomFieldSpec> Noise { get; init; } = [];

    /// <summary><c>random</c>: what the noise is drawn from.</summary>
    public long Seed { get; init; }

    /// <summary>How long before the initial time the same variables are read too, the longest first; usually none.</summary>
    public IReadOnlyList<TimeSpan> History { get; init; } = [];

    /// <summary>What takes the place of missing values, of fields that drive a model; null where they are refused.</summary>
    internal double? Missing { get; init; }

    /// <summary>What a kind of an extension needs besides; null for every other.</summary>
    public object? Own { get; init; }

    /// <summary>The same, if it is of a type; else null.</summary>
    public T? Of<T>()
        where T : class => Own as T;

    /// <summary>Names of the model's input variables, in channel order: those of older times first.</summary>
    public IReadOnlyList<string> VariableNames => [.. HistoryNames, .. Variables.Select(v => v.Name)];

    /// <summary>Names of the variables of older times, such as <c>u-6h</c>; the oldest first.</summary>
    public IReadOnlyList<string> HistoryNames => [.. History.SelectMany(before => Variables.Select(v => NameBefore(v.Name, before)))];

    /// <summary>The name of a variable as it was so long before: <c>u-6h</c>, or with seconds where they make no whole hours.</summary>
    public static string NameBefore(string variable, TimeSpan before) => before.Ticks % TimeSpan.TicksPerHour == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{variable}-{before.Ticks / TimeSpan.TicksPerHour}h")
        : string.Create(CultureInfo.InvariantCulture, $"{variable}-{before.TotalSeconds}s");
}

/// <summary>Where one input variable comes from.</summary>
/// <param name="Name">The model's name for it.</param>
/// <param name="FileVariable">The source's name for it; of <c>npy</c> the absolute path of its file.</param>
public sealed record InitialVariable(string Name, string FileVariable);

/// <summary>One variable of <c>random</c>.</summary>
/// <param name="Mean">What the noise is added to, in the variable's unit.</param>
/// <param name="Amplitude">The standard deviation of the noise, in the variable's unit.</param>
/// <param name="LengthScaleKm">Its correlation length, or null for noise that every grid point has by itself.</param>
public sealed record RandomFieldSpec(double Mean, double Amplitude, double? LengthScaleKm);
