using Cairn.Engine.Models.Python;
using Cairn.Engine.Processes;
using Cairn.Storage.Chm;

namespace Cairn.Engine.Rollouts;

/// <summary>A spec with its model and initial condition, ready to be run: everything that can be wrong with them has been found, and not a
/// single file was touched. <see cref="Open(bool)"/> takes the run's folder.</summary>
public sealed class PreparedRun : IDisposable
{
    private readonly RunSpec _spec;
    private readonly RunOptions _options;
    private readonly IRunObserver _observer;
    private readonly IPrognosticModel _model;
    private readonly Analyses _analyses;
    private readonly OutputPlan _output;
    private readonly BoundarySchedule _schedule;
    private readonly RunRecord _record;
    private readonly FieldLayout _layout;
    private RunJournal? _rejoined;

    // Warnings from resolving the run's start, reported once it is opened.
    private IReadOnlyList<string> _told = [];

    private PreparedRun(
        RunSpec spec, RunOptions options, IRunObserver observer, IPrognosticModel model, InitialCondition initial,
        IReadOnlyList<SpecEntry> digests)
    {
        (_spec, _options, _observer, _model) = (spec, options, observer, model);
        _analyses = Analyses.Read(spec, initial);
        // Made once for nothing, so that a model which it cannot go with is refused before the run begins.
        _ = PerturbationFactory.Create(spec.Ensemble, DiagnosedModel.Bare(model), _analyses.At);
        if (spec.Ranks.Count > 1)
            DomainCut.Require(model, spec.Ranks.Count);
        (model as ITimedModel)?.RequireSteps(spec.LeadTimes.End);
        var forcing = ForcingFields.Require(spec, initial.Grid, _analyses.Times);
        _output = OutputPlan.Of(spec.Output, model.Description);
        _schedule = BoundarySchedule.Of(spec);
        List<SpecEntry> numerics = [.. spec.ToNumerics(), .. digests.Where(d => !d.IsOfDiagnostic()), .. forcing];
        if (SourceKinds.Of(spec.Initial).IsFolder)
        {
            // A store grows while its run goes on: what counts is what was read of it.
            numerics.AddRange(_analyses.Digests());
        }
        if (spec.Model.Path is null)
        {
            // The file that a model is given as is among the digests already.
            numerics.AddRange(model.Description.NumericsInputs.Select((text, i) =>
                new SpecEntry($"model.code-{i}", "sha256:" + SpecDigest.OfText(text))));
        }
        _record = new RunRecord(spec, numerics, OutputLayout(spec, model, digests), RunFingerprint.Of(spec, model.Description), []);
        _record = _record with { Provenance = RunProvenance.Of(_record) };
        _layout = FieldStores.Layout(spec, _schedule, _output, _analyses) with
        {
            Run = _record.Id, Provenance = _record.Provenance,
        };
        if (spec.Output.WritesFields)
            _layout.Validate();
    }

    /// <summary>What a new run of this spec would record; it has no batches yet.</summary>
    internal RunRecord Record => _record;

    /// <summary>The store that it writes.</summary>
    internal FieldLayout Layout => _layout;

    /// <summary>Reads the initial condition and loads the model; touches nothing.</summary>
    /// <param name="spec">The run.</param>
    /// <param name="options">How to carry it out.</param>
    /// <param name="observer">Receives what happens, from several threads.</param>
    /// <exception cref="SpecException">The spec does not fit the model or the machine.</exception>
    /// <exception cref="DataException">The input or the model file cannot be used.</exception>
    public static PreparedRun Create(RunSpec spec, RunOptions options, IRunObserver observer)
    {
        TorchRuntime.UseDeterministicSettings();
        TorchRuntime.KeepFreedMemory();
        TorchRuntime.SetThreads(spec.Model.Threads);
        List<string> told = [];
        try
        {
            spec = ChmStart.Apply(spec, options, told.Add);
            var initial = InitialSources.Read(spec.At(0));
            var digests = spec.DigestInputsAsync().GetAwaiter().GetResult();
            var process = new ModelProcess
            {
                Deadline = spec.Supervision.BoundaryDeadline,
                Said = new ProcessOutput(observer, "the model").Say,
                Time = options.Time,
            };
            var model = ModelFactory.Create(spec.Model, initial, options.StepsElsewhere, process);
            var host = Create(spec, options, observer, model, initial, digests);
            host._told = told;
            return host;
        }
        catch
        {
            // There will be no run whose journal could keep it.
            told.ForEach(text => observer.On(new RunWarning(text)));
            throw;
        }
    }

    /// <summary>The same with a given model and initial condition; the model is disposed with the run, or at once if it does not
    /// fit.</summary>
    internal static PreparedRun Create(
        RunSpec spec, RunOptions options, IRunObserver observer, IPrognosticModel model, InitialCondition initial,
        IReadOnlyList<SpecEntry> digests)
    {
        try
        {
            // Ranks step parts of a model that is cut; the whole of it may be too large to be tried in each of their processes.
            if (spec.Ranks.Count == 1 && !options.StepsElsewhere)
                ModelTrial.Require(ModelKinds.Of(spec.Model), model, initial);
            model = DiagnosticFactory.Attach(spec.Diagnostics, model, options.StepsElsewhere);
            return new PreparedRun(spec, options, observer, model, initial, digests);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>How many ranks are stepped side by side here.</summary>
    internal static int Slots(RunSpec spec) => spec.Node.Slots ?? Math.Max(1, Environment.ProcessorCount / spec.Model.Threads);

    /// <summary>Takes the run: from here on this process is at it, until what is returned is disposed.</summary>
    internal OpenRun Open(bool closing = false)
    {
        if (!_options.Files.DirectoryExists(_spec.Checkpoint.Path))
        {
            // A run that is refused leaves no folder with a lock behind.
            RequirePlaces();
        }
        var folder = RunFolder.Take(_spec, _options, (from, to) => Warn($"{from} was moved aside to {to}"));
        RunJournal? journal = null;
        try
        {
            return Open(folder, closing, ref journal);
        }
        catch
        {
            journal?.Dispose();
            folder.ReleaseIfTaken();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a new run whose output would meet something that is there already.</summary>
    private void RequirePlaces()
    {
        if (_options.Fresh)
            RunFolder.RequireRunData(_options.Files, _spec);
        _ = DerivedOutput.Of(_spec, _options, _layout, begun: null);
        if (!_options.Fresh)
            FieldStores.Require(_spec, _options, _layout);
    }

    /// <summary>The same for a batch of a run that other processes have opened and work on, too: its folder is the owner's, and what it was
    /// begun with is what is here.</summary>
    internal RunContext Rejoin()
    {
        using var folder = RunFolder.Take(_spec, _options, static (_, _) => { });
        var begun = folder.Begun ?? throw new DataException(
            $"{_spec.Checkpoint.Path} holds no {RunRecord.FileName}, though the run was opened. Is the folder shared by all nodes?");
        foreach (var warning in ResumeCheck.Check(begun, _record))
            Warn(warning);
        _rejoined ??= new RunJournal(_spec.Checkpoint.Path, _options.Time, Warn);
        return Parts(FieldStores.Attach(_spec, _options, _layout), new RunObservers(_rejoined, _observer));
    }

    /// <summary>What one rank of a run that another process holds works with: it takes no lock, lays nothing out, and sweeps
    /// nothing.</summary>
    internal RunContext Attach() => Parts(FieldStores.Attach(_spec, _options, _layout), _observer);

    private OpenRun Open(RunFolder folder, bool closing, ref RunJournal? journal)
    {
        ChmSaves.Require(_spec);
        if (_spec.Checkpoint.Chm is { } chm)
            ChmCleanExit.Remove(_options.Files, chm.Output);
        var begun = folder.Begun;
        var record = closing && begun is not null ? _record with { Fingerprint = begun.Fingerprint } : _record;
        var warnings = begun is null ? [] : ResumeCheck.Check(begun, record);
        var batches = BatchLayout.Cut(_spec, begun?.Batches ?? [], begun?.Spec.Ensemble.BatchSize ?? 0);
        var derived = DerivedOutput.Of(_spec, _options, _layout, begun);
        var dropped = derived.RequireKept();
        var found = begun is null && _spec.Output.Path is { } path && FieldStoreKinds.IsStore(path);
        var store = dropped ? new NullFieldStore(_layout) : FieldStores.Open(_spec, _options, _layout);
        folder.Record(record with
        {
            Batches = batches,
            BranchedFrom = begun?.BranchedFrom,
            Provenance = begun is null ? record.Provenance : record.Provenance!.After(begun.Provenance),
        });

        journal = new RunJournal(_spec.Checkpoint.Path, _options.Time, Warn);
        var parts = Parts(store, new RunObservers(journal, _observer));
        parts.Observer.On(new RunStarted(batches, begun is not null, _schedule));
        if (found && Enumerable.Range(0, _layout.Numbers.Count).Any(member => store.Committed(member) is not null))
            parts.Observer.On(new RunWarning($"{_spec.Output.Path} contains committed fields, but {_spec.Checkpoint.Path} contained no "
                + "run: they are written again"));
        foreach (var warning in _told.Concat(warnings))
            parts.Observer.On(new RunWarning(warning));
        if (!closing && BegunFromChm.Of(_spec) is { } checkpoint)
            parts.Observer.On(checkpoint);
        return new OpenRun(folder, journal, parts, batches, derived, dropped);
    }

    private RunContext Parts(IFieldStore store, IRunObserver observer) => new(
        _spec, _options, _schedule, _model, _analyses, _output, store,
        _record.Fingerprint.ToDictionary(e => e.Key, e => e.Value), _record.Digest, observer);

    public void Dispose()
    {
        _rejoined?.Dispose();
        _model.Dispose();
    }

    /// <summary>Files and code of the diagnostics count as long as the store holds what comes from them.</summary>
    private static List<SpecEntry> OutputLayout(RunSpec spec, IPrognosticModel model, IReadOnlyList<SpecEntry> digests)
    {
        var layout = spec.ToOutputLayout().ToList();
        if (!spec.Output.WritesFields || model is not DiagnosedModel diagnosed)
            return layout;
        foreach (var diagnostic in DiagnosticSpec.Behind(spec.Diagnostics, spec.Output.Variables))
        {
            var made = diagnosed.Diagnostics.Single(d => d.Description.OutputVariables.SequenceEqual(diagnostic.Outputs));
            // Weights may lie beside an ONNX file; its description has the digests of all its files.
            layout.AddRange(diagnostic.Kind == DiagnosticKind.TorchScript
                ? digests.Where(d => d.Key == diagnostic.Key + ".path")
                : made.Description.NumericsInputs.Select((text, i) =>
                    new SpecEntry($"{diagnostic.Key}.code-{i}", "sha256:" + SpecDigest.OfText(text))));
        }
        return layout;
    }

    private void Warn(string text) => _observer.On(new RunWarning(text));
}
