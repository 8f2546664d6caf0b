namespace Cairn.Engine.Models.Python;

/// <summary>The Python process of a model, shared by all batches: they take turns. One that ended is followed by another with the next
/// call; states lie in this process's memory, so that nothing is lost with it but the call that it was at.</summary>
internal sealed class PythonHost(PythonModelOptions options) : IDisposable
{
    private readonly Lock _turn = new();
    private PythonProcess? _process;
    private PythonFacts? _facts;
    private bool _isClosed;

    /// <summary>How a member's state lies in memory, once the first <c>init</c> has shown it.</summary>
    public PythonPacking? Packing { get; private set; }

    /// <summary>Facts of the interpreter and the class, which it has loaded by then.</summary>
    public PythonFacts Facts()
    {
        lock (_turn)
        {
            _ = Ready();
            return _facts!;
        }
    }

    /// <summary>The same without making an object of the class: no weights are loaded.</summary>
    public static PythonFacts Describe(PythonModelOptions options)
    {
        using var process = PythonProcess.Start(options);
        return Open(options, process, describes: true, null);
    }

    /// <summary>Makes the first state of a member for its layout alone.</summary>
    public void FindPacking(Action<Utf8JsonWriter> order, IReadOnlyList<SharedBlock> blocks)
    {
        using var answer = Ask(order, blocks, default);
        var root = answer.RootElement;
        Packing = new PythonPacking(
            root.GetProperty("packing").GetRawText(), root.GetProperty("elements").GetInt64(),
            [.. root.GetProperty("packing").GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())]);
    }

    /// <summary>Gives an order and waits for the answer.</summary>
    public JsonDocument Ask(Action<Utf8JsonWriter> order, IReadOnlyList<SharedBlock> blocks, CancellationToken over)
    {
        lock (_turn)
        {
            over.ThrowIfCancellationRequested();
            return Checked(options, Ready().Ask(order, blocks, over));
        }
    }

    public void Dispose()
    {
        lock (_turn)
        {
            _isClosed = true;
            _process?.Dispose();
            _process = null;
        }
    }

    private PythonProcess Ready()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_process is { IsAlive: true } ready)
            return ready;
        if (_process is { IsKilled: false } ended)
        {
            // No call was lost with it, so no error reports it.
            options.Process.Said($"its Python process {ended.HowItEnded()}, between two calls; another takes its place");
        }
        _process?.Dispose();
        _process = null;
        var process = PythonProcess.Start(options);
        try
        {
            var facts = Open(options, process, describes: false, Packing);
            if (_facts is not null && facts != _facts)
                throw new SpecException($"'{options.Class}' or its interpreter is another than when the run began: {facts}, and before "
                    + $"{_facts}. Put back what was there, or start over with --fresh.");
            _facts = facts;
            return _process = process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private static PythonFacts Open(PythonModelOptions options, PythonProcess process, bool describes, PythonPacking? packing)
    {
        var at = SharedBlocks.PlaceOf(process.At)!.Value;
        using var answer = Checked(options, process.Ask(json => WriteOpen(json, options, describes, packing, at), [at.Block], default));
        var root = answer.RootElement;
        return new PythonFacts(
            root.GetProperty("python").GetString()!, root.GetProperty("numpy").GetString()!, root.GetProperty("instructions").GetString()!,
            root.GetProperty("digest").GetString()!, root.GetProperty("libraries").GetString()!);
    }

    private static void WriteOpen(
        Utf8JsonWriter json, PythonModelOptions options, bool describes, PythonPacking? packing, SharedPlace at)
    {
        json.WriteString("order", "open");
        json.WriteBoolean("describes", describes);
        json.WriteString("class", options.Class);
        Write(json, "path", options.Folders);
        json.WritePropertyName("arguments");
        options.Arguments.WriteTo(json);
        json.WriteString("dtype", options.DType.Name());
        Write(json, "variables", options.InputVariables);
        Write(json, "outputs", options.OutputVariables);
        Write(json, "forcing", options.Forcing?.Names ?? []);
        Write(json, "latitudes", options.Grid.Latitudes);
        Write(json, "longitudes", options.Grid.Longitudes);
        json.WriteNumber("step", options.Step.TotalSeconds);
        json.WritePropertyName("memory");
        json.WriteRawValue(options.Memory?.ToString(CultureInfo.InvariantCulture) ?? "null");
        json.WritePropertyName("packing");
        json.WriteRawValue(packing?.Text ?? "null");
        json.WritePropertyName("at");
        json.WriteRawValue($"[{at.Block.Number}, {at.Offset}]");
    }

    private static void Write(Utf8JsonWriter json, string key, IEnumerable<string> texts)
    {
        json.WriteStartArray(key);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string key, IEnumerable<double> numbers)
    {
        json.WriteStartArray(key);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    /// <summary>The answer, unless it says that the order could not be carried out.</summary>
    private static JsonDocument Checked(PythonModelOptions options, JsonDocument answer)
    {
        var root = answer.RootElement;
        if (root.TryGetProperty("lacks", out var lacks))
        {
            using (answer)
            {
                var (executable, version) = (root.GetProperty("executable").GetString(), root.GetProperty("python").GetString());
                throw new SpecException($"The Python of model.python = {options.Interpreter} ({executable}, version {version}) cannot load "
                    + $"{lacks.GetString()}: {root.GetProperty("refused").GetString()}. Install it there ({executable} -m pip install "
                    + "numpy; Debian: python3-numpy, for /usr/bin/python3), or name another interpreter.");
            }
        }
        if (root.TryGetProperty("refused", out var refused))
        {
            using (answer)
            {
                throw new SpecException(refused.GetString()!);
            }
        }
        if (root.TryGetProperty("failed", out var failed))
        {
            using (answer)
            {
                int? place = root.GetProperty("at") is { ValueKind: JsonValueKind.Number } at && at.GetInt32() >= 0 ? at.GetInt32() : null;
                throw new PythonFailedException(failed.GetString()!, place);
            }
        }
        return answer;
    }
}

/// <summary>What a run's numbers depend on besides its spec.</summary>
/// <param name="Python">The interpreter and its version.</param>
/// <param name="NumPy">The version of numpy.</param>
/// <param name="Instructions">The widest vectors that it takes on this CPU.</param>
/// <param name="Digest">The SHA-256 of the file that the class is in.</param>
/// <param name="Libraries">Names and versions of other libraries that it is known to step by; usually empty.</param>
internal sealed record PythonFacts(string Python, string NumPy, string Instructions, string Digest, string Libraries);

/// <summary>How a member's state lies in memory.</summary>
/// <param name="Text">In the words of the package's <c>packing.py</c>.</param>
/// <param name="Elements">How many numbers it holds.</param>
/// <param name="Shape">The shape of what <c>step</c> takes, which comes first.</param>
internal sealed record PythonPacking(string Text, long Elements, IReadOnlyList<long> Shape)
{
    /// <summary>A member's state as a tensor: the shape that <c>step</c> takes where there is nothing else, else one axis.</summary>
    public IReadOnlyList<long> StateShape =>
        Shape.Aggregate(1L, (product, extent) => product * extent) == Elements ? Shape : [Elements];
}

/// <summary>The model's own code failed.</summary>
/// <param name="what">What it raised, with its traceback.</param>
/// <param name="place">The place in the batch of the member that it was at, or null.</param>
internal sealed class PythonFailedException(string what, int? place) : StepException(what)
{
    public int? Place => place;
}
