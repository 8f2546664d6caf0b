namespace Cairn.Engine.Rollouts;

/// <summary>What all batches of a run share.</summary>
/// <param name="Options">How it is carried out.</param>
/// <param name="Model">The model; its methods may be called from several threads.</param>
/// <param name="Analyses">The initial conditions, and the fields of other times that the perturbation asks for.</param>
/// <param name="Output">What is written.</param>
/// <param name="Store">Where it is written.</param>
/// <param name="Fingerprint">What the numbers depend on besides the spec.</param>
/// <param name="SpecDigest">Digest of everything in the spec that shapes numbers.</param>
/// <param name="Observer">Receives what happens.</param>
internal sealed record RunContext(
    RunSpec Spec,
    RunOptions Options,
    BoundarySchedule Schedule,
    IPrognosticModel Model,
    Analyses Analyses,
    OutputPlan Output,
    IFieldStore Store,
    IReadOnlyDictionary<string, string> Fingerprint,
    string SpecDigest,
    IRunObserver Observer)
{
    private readonly Lazy<ILookup<int, MemberRange>> _folders = FoldersIn(Options.Files, Spec.Checkpoint.Path);

    /// <summary>What a batch's members begin with at its initial time.</summary>
    public BatchBeginning Beginning(MemberRange batch) => new(this, Spec.Members.TimeOf(batch.First));

    /// <summary>The folders of batches as the run was found, by the members that they hold. Listed once: since then only batches of this
    /// cut got new ones, each its own, and thousands of folders listed for each of thousands of batches take minutes.</summary>
    public ILookup<int, MemberRange> FoldersByMember => _folders.Value;

    private static Lazy<ILookup<int, MemberRange>> FoldersIn(IDurableFiles files, string path) => new(() => files.List(path)
        .Where(entry => entry.IsDirectory)
        .Select(entry => MemberRange.Parse(entry.Name))
        .OfType<MemberRange>()
        .SelectMany(folder => folder.Members, static (folder, member) => (Folder: folder, Member: member))
        .ToLookup(static known => known.Member, static known => known.Folder));
}

/// <summary>What the members of one initial time begin with. Its fields are read when they are asked for first.</summary>
/// <param name="time">Which of its initial times, from 0.</param>
internal sealed class BatchBeginning(RunContext run, int time)
{
    private readonly Lazy<Analyses> _analyses = new(() => run.Analyses.Of(time));

    /// <summary>The model as it begins there.</summary>
    public IPrognosticModel Model { get; } = time == 0 ? run.Model : run.Model.At(run.Analyses.Times[time]);

    public InitialCondition Initial => _analyses.Value.At(TimeSpan.Zero);

    /// <summary>A batch's own perturbation: it keeps that batch's state.</summary>
    public IPerturbation NewPerturbation(int draw = 0)
    {
        var ensemble = run.Spec.Ensemble;
        return PerturbationFactory.Create(
            draw == 0 ? ensemble : ensemble with { Seed = MemberDraw.Seed(ensemble.Seed, draw) },
            DiagnosedModel.Bare(Model), lag => _analyses.Value.At(lag));
    }
}
