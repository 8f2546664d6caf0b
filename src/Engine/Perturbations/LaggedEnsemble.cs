namespace Cairn.Engine.Perturbations;

/// <summary>A lagged ensemble (Hoffman and Kalnay 1983, Tellus 35A, 100-118): each member starts from the fields of another time, as if
/// they were those of the initial time. Member i takes the i-th lag.</summary>
/// <remarks>A lag of zero is the initial condition itself; a positive one looks into the future, which only a hindcast may.</remarks>
/// <param name="model">What the fields are for.</param>
/// <param name="lags">One for each member.</param>
/// <param name="analysis">The initial condition that lies so much before or after that of the run.</param>
public sealed class LaggedEnsemble(
    ModelDescription model, IReadOnlyList<TimeSpan> lags, Func<TimeSpan, InitialCondition> analysis) : IPerturbation
{
    public void Bind(CheckpointSession session)
    {
        // There is nothing to keep: the fields are in the source.
    }

    public void Adopt(CheckpointSession source, IReadOnlyCollection<int> members)
    {
        // As above.
    }

    public Tensor Apply(Tensor fields, IReadOnlyList<int> members, int level)
    {
        if (members.Any(member => member >= lags.Count))
            throw new SpecException($"A lagged ensemble has a member for each lag: {lags.Count} lags are given, and member "
                + $"{members.Max()} has none. Add lags, or lower ensemble.size.");
        var batches = members.Select(member => analysis(lags[member]).ToBatch(1, model)).ToList();
        try
        {
            return cat([.. batches]);
        }
        finally
        {
            batches.ForEach(batch => batch.Dispose());
        }
    }
}

/// <summary>A lagged ensemble in a spec.</summary>
internal sealed class LaggedEnsembleKind() : PerturbationKind("lagged-ensemble", "each from the fields of another time")
{
    public override bool HasNoise => false;
    public override IReadOnlyList<SettingSection> Sections => [Settings.Section];
    public override PerturbationSpec Read(SettingReader reader, PerturbationSpec spec) => spec with { Lags = reader.Get(Settings.Lags) };

    public override void Check(SettingReader reader, RunSpec spec)
    {
        var lags = spec.Ensemble.Perturbation.Lags.Count;
        if (lags > 0 && lags < spec.Ensemble.Size)
            reader.Wrong(Settings.Lags.Key, reader.Find(Settings.Lags.Key), string.Create(CultureInfo.InvariantCulture, $"{lags} lags"),
                string.Create(CultureInfo.InvariantCulture, $"one for each of the {spec.Ensemble.Size} members of ensemble.size"));
    }

    public override IEnumerable<TimeSpan> OtherTimes(PerturbationSpec spec, TimeSpan modelStep) => spec.Lags;

    public override IPerturbation Create(PerturbationRequest request) =>
        new LaggedEnsemble(request.Model.Description, request.Spec.Lags, request.Analysis);

    private static class Settings
    {
        public static readonly SettingSection<PerturbationSpec> Section = new(
            PerturbationSettings.Prefix, spec => spec.Ensemble.Perturbation, PerturbationSettings.Kind.Is("lagged-ensemble"));

        public static readonly Setting<IReadOnlyList<TimeSpan>> Lags = Section.Add(
            "lags", LagList(), p => p.Lags, shapes: Shaping.Numbers, example: "[0h, -6h, -12h]",
            help: "For each member the time, relative to the initial one, whose fields it starts from.");

        private static SettingType<IReadOnlyList<TimeSpan>> LagList() => new(
            "list of times", "a list of times with their units, one for each member, such as [0h, -6h, -12h]",
            (SettingReader reader, string key, HoconValue value, out IReadOnlyList<TimeSpan> lags) =>
            {
                var read = new List<TimeSpan>();
                lags = read;
                foreach (var item in (value as HoconArray)?.Items ?? [])
                {
                    if (item is not HoconScalar scalar || !scalar.TryDuration(out var lag, unitRequired: true))
                    {
                        reader.Wrong(key, item, LagList().Expected);
                        lags = [];
                        return true;
                    }
                    read.Add(lag);
                }
                return read.Count > 0;
            },
            lags => new JsonArray([.. lags.Select(lag => (JsonNode?)SpecText.Duration(lag))]))
        {
            Otherwise = [],
            Entries = (key, value) => value.AsArray().Select((lag, i) =>
                new SpecEntry(string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]"), SpecText.Plain(lag))),
        };
    }
}
