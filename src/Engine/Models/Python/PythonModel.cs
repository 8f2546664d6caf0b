namespace Cairn.Engine.Models.Python;

/// <summary>A model given as a Python class, stepped by a process of its own. State: <c>[batch, …]</c> with the shape that <c>init</c>
/// gives a member, or <c>[batch, number]</c> where the object remembers more; it lies in memory that both processes map.</summary>
/// <remarks>One process a model, whatever the number of batches, which take turns; members are stepped one after the other. What the class
/// does not say of itself is found out when it is opened: it is stepped twice from the same fields.</remarks>
public sealed class PythonModel : IMemberModel, IDatedModel
{
    private readonly PythonHost _host;
    private readonly PythonModelOptions _options;
    private readonly PythonMembers _anyone;
    private readonly bool _leaveOpen;

    private PythonModel(PythonModelOptions options, PythonHost host, ModelDescription description, bool leaveOpen = false)
    {
        (_options, _host, Description, _leaveOpen) = (options, host, description, leaveOpen);
        _anyone = new PythonMembers(host, options, description, null);
    }

    public ModelDescription Description { get; }

    /// <summary>Starts the process, loads the class, and steps it twice.</summary>
    /// <param name="options">What it does not say of itself.</param>
    /// <param name="fields">Fields of one member to step from, which have to give finite ones; made-up numbers without them.</param>
    /// <exception cref="SpecException">There is no such interpreter, numpy, module or class, or it does not do what a model has to.
    /// </exception>
    public static PythonModel Open(PythonModelOptions options, Tensor? fields = null)
    {
        var host = new PythonHost(options);
        try
        {
            var description = Describe(options, Found(host.Facts));
            new PythonTrial(host, options, description).Try(fields);
            return new PythonModel(options, host, description);
        }
        catch
        {
            host.Dispose();
            options.Forcing?.Dispose();
            throw;
        }
    }

    /// <summary>What such a model is; loads the class, and makes no object of it.</summary>
    internal static ModelDescription Describe(PythonModelOptions options) =>
        Describe(options, Found(() => PythonHost.Describe(options)));

    public Tensor Initialize(Tensor fields) => _anyone.Initialize(fields);
    public Tensor Step(Tensor state) => _anyone.Step(state);
    public Tensor Step(Tensor state, TimeSpan leadTime) => _anyone.Step(state, leadTime);
    public Tensor Fields(Tensor state) => _anyone.Fields(state);
    public void RequireSteps(TimeSpan last) => _anyone.RequireSteps(last);
    public IPrognosticModel For(SteppedMembers members) => new PythonMembers(_host, _options, Description, members);

    public IPrognosticModel From(CfTime initial) =>
        new PythonModel(_options with { InitialTime = initial }, _host, Description, leaveOpen: true);

    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _host.Dispose();
            _options.Forcing?.Dispose();
        }
    }

    private static PythonFacts Found(Func<PythonFacts> ask)
    {
        try
        {
            return ask();
        }
        catch (StepException e)
        {
            throw new SpecException(e.Message, e);
        }
    }

    private static ModelDescription Describe(PythonModelOptions options, PythonFacts facts) => new(
        "python", options.InputVariables, options.OutputVariables, options.Grid, options.Grid, options.Step, options.DType, CPU,
        DependsOnBatch: false, options.Bounds, [facts.Digest])
    {
        Fingerprint = Fingerprint(facts),
    };

    private static SortedDictionary<string, string> Fingerprint(PythonFacts facts)
    {
        var fingerprint = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["numpy"] = facts.NumPy, ["numpy-instruction-set"] = facts.Instructions, ["python"] = facts.Python,
        };
        if (facts.Libraries.Length > 0)
            fingerprint["python-libraries"] = facts.Libraries;
        return fingerprint;
    }
}
