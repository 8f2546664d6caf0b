namespace Cairn.Engine.Models.Onnx;

/// <summary>A model given as an ONNX file.</summary>
/// <param name="Path">Absolute path of the file; of several networks that of the one which covers a step.</param>
/// <param name="Mapping">What its tensors are.</param>
/// <param name="Members">How the members of a batch are given to it.</param>
public sealed record OnnxSpec(string Path, OnnxMapping Mapping, OnnxMembers Members) : IModelFile
{
    /// <summary>The networks that step it by a schedule, the shortest first; none where one file takes every step.</summary>
    public IReadOnlyList<OnnxNetwork> Networks { get; init; } = [];

    public IEnumerable<SpecEntry> Parts => OnnxNetworks.Files(this)
        .SelectMany(file => OnnxFile.Parts(file.Value).Skip(1).Select(part => new SpecEntry($"{file.Key} ({part.Name})", part.Path)));
}

/// <summary>An ONNX file, stepped by ONNX Runtime.</summary>
internal sealed class OnnxKind() : ModelKind<OnnxSpec>("onnx", "a file, by ONNX Runtime")
{
    public override bool TakesSeveralTimes => true;
    internal override bool TakesForcing => true;
    public override IReadOnlyList<SettingSection> Sections => [OnnxSettings.Section];
    public override string DType => "float32";
    public override bool StaysOnHost => !OnnxLibrary.HasCuda;
    public override IEnumerable<KeyValuePair<string, string>> Fingerprint => OnnxLibrary.Fingerprint();
    protected override OnnxSpec ReadOwn(SettingReader reader, InitialSpec initial) => OnnxSettings.Read(reader, initial);
    protected override IReadOnlyList<string> OutputsOf(OnnxSpec own) => own.Mapping.Fields;

    protected override IPrognosticModel Create(ModelRequest request, OnnxSpec own)
    {
        var options = new OnnxModelOptions
        {
            Path = own.Path,
            Mapping = own.Mapping,
            Grid = request.Initial.Grid,
            Step = request.Spec.Step,
            InitialTime = request.Initial.Time,
            Forcing = request.Forcing,
            DType = request.DType,
            Device = request.Device,
            Threads = request.Spec.Threads,
            Members = own.Members,
            Bounds = request.Bounds,
        };
        if (own.Networks.Count == 0)
            return request.Opened(own.Mapping.State, () => OnnxModel.Describe(options), fields => OnnxModel.Open(options, fields));
        IReadOnlyList<OnnxNetwork> longer = [.. own.Networks.Skip(1)];
        return request.Opened(
            own.Mapping.State, () => ScheduledOnnxModel.Describe(options, longer),
            fields => ScheduledOnnxModel.Open(options, longer, fields));
    }
}

/// <summary>The settings of <c>model</c> for ONNX files.</summary>
internal static class OnnxSettings
{
    public static readonly SettingSection<OnnxSpec> Section = new(
        "model", spec => spec.Model.Of<OnnxSpec>(), ModelSettings.Kind.Is("onnx"));

    private static readonly Setting<string?> Path = Section.Add(
        "path", MaybeInputFile("an ONNX file"), o => o.Networks.Count == 0 ? o.Path : null, shapes: Shaping.Contents,
        example: "../models/model.onnx", help: "The file (.onnx), unless networks has several.");

    private static readonly Setting<IReadOnlyList<OnnxNetwork>> Networks = Section.Add(
        "networks", OnnxNetworks.Type, o => o.Networks, unset: "none", shapes: Shaping.Numbers,
        compared: spec => OnnxNetworks.Compared(spec.Model.Of<OnnxSpec>()!),
        example: "[{ path = ../models/six-hours.onnx, covers = 6h }, { path = ../models/day.onnx, covers = 24h }]",
        help: "Several files instead of path, with the same inputs and outputs, and the time that each covers: the shortest model.step, "
            + "each other a whole multiple of the next shorter one. A step is taken by the one that covers the most of those whose time, "
            + "counted from lead time zero, ends with it, from the state at the start of that time.");

    private static readonly Setting<IReadOnlyList<OnnxTensor>> Inputs = Section.Add(
        "inputs", Tensors(), o => o.Mapping.Inputs, unset: "the one input", shapes: Shaping.Numbers,
        compared: spec => Compared("model.inputs", spec.Model.Of<OnnxSpec>()!.Mapping.Inputs),
        example: "{ input = [z500, t850], input_surface = [t2m] }",
        help: "Every input of the file, and the variables along its channels. The state has these variables in this order. By default "
            + "its one input, with the keys of initial.variables.");

    private static readonly Setting<IReadOnlyList<OnnxTensor>> Outputs = Section.Add(
        "outputs", Tensors(), o => o.Mapping.Outputs, unset: "the one output", shapes: Shaping.Numbers,
        compared: spec => Compared("model.outputs", spec.Model.Of<OnnxSpec>()!.Mapping.Outputs), example: "{ output = [u, v] }",
        help: "The file's outputs that the next state is read from, and the variables along the leading channels of each. By default "
            + "its one output, with what its one input takes and previous does not give.");

    private static readonly Setting<IReadOnlyList<OnnxPrevious>> Previous = Section.Add(
        "previous",
        Object("an object of variables by variable, such as { u-before = u }", PreviousOf, p => (p.Variable, p.Of))
            with { Entries = ByKey },
        o => o.Mapping.Previous, usual: Given.Of<IReadOnlyList<OnnxPrevious>>([]), shapes: Shaping.Numbers,
        example: "{ t2m-before = t2m, land-sea-mask = land-sea-mask }",
        help: "Variables that no output gives, and which variable's value of the step before they take; itself, if it never changes. "
            + "They are part of the state and not of the output.");

    private static readonly Setting<IReadOnlyList<OnnxScale>> Scales = Section.Add(
        "normalisation",
        Object("an object of constants by variable, such as { u = [1.5, 9.3] }", Scale,
            s => (s.Variable, new JsonArray(s.Mean, s.Deviation)))
            with { Entries = BySortedKey },
        o => o.Mapping.Scales, usual: Given.Of<IReadOnlyList<OnnxScale>>([]), shapes: Shaping.Numbers,
        example: "{ t2m = [278.45, 21.03] }",
        help: "Mean and deviation by variable, in its unit: the file is given (x - mean) / deviation, and gives the same. By default "
            + "x.");

    private static readonly Setting<OnnxMembers> Members = Section.Add(
        "members", Word<OnnxMembers>(), o => o.Members, usual: OnnxMembers.Alone, shapes: Shaping.Numbers,
        help: "Whether each member of a batch is stepped by a call of its own (alone), or all by one (together), along a first axis "
            + "that the file leaves free. Together, a member's bits may depend on the batch.");

    public static OnnxSpec Read(SettingReader reader, InitialSpec initial)
    {
        var (path, networks) = Files(reader);
        IReadOnlyList<string> forcing = [.. reader.Get(ModelSettings.Forcing).Select(f => f.Name)];
        IReadOnlyList<string> known = [.. initial.VariableNames, .. forcing];
        var inputs = reader.Get(Inputs) is { Count: > 0 } given ? given : [new("", known)];
        foreach (var input in inputs)
            SpecChecks.AreAmong(reader, $"{Inputs.Key}.{input.Name}", input.Variables, known,
                forcing.Count > 0 ? "initial.variables and model.forcing" : "initial.variables");
        var outputs = reader.Get(Outputs);
        var previous = WithHistory(reader, initial, [.. inputs.SelectMany(i => i.Variables)], [.. outputs.SelectMany(o => o.Variables)]);
        if (outputs.Count == 0 && inputs.Count == 1)
            outputs = [new("", [.. inputs[0].Variables.Except(previous.Select(p => p.Variable))
                .Except(forcing)])];
        var mapping = new OnnxMapping(inputs, outputs) { Previous = previous, Scales = reader.Get(Scales), Forcing = forcing };
        Check(reader, mapping);
        return new OnnxSpec(path, mapping, reader.Get(Members)) { Networks = networks };
    }

    /// <summary>What is given, and of variables of older times that nothing gives what they become: those of one step later.</summary>
    private static IReadOnlyList<OnnxPrevious> WithHistory(
        SettingReader reader, InitialSpec initial, IReadOnlyList<string> taken, IReadOnlyList<string> made)
    {
        var given = reader.Get(Previous);
        var step = reader.Get(ModelSettings.Step);
        var history = initial.History.Where(before => before >= step).SelectMany(before => initial.Variables.Select(v => new OnnxPrevious(
            InitialSpec.NameBefore(v.Name, before), before > step ? InitialSpec.NameBefore(v.Name, before - step) : v.Name)));
        return
        [
            .. given, .. history.Where(p => taken.Contains(p.Variable) && taken.Contains(p.Of) && !made.Contains(p.Variable)
                && !given.Any(g => g.Variable == p.Variable)),
        ];
    }

    /// <summary>The file that covers a step, and all of several.</summary>
    private static (string Path, IReadOnlyList<OnnxNetwork> Networks) Files(SettingReader reader)
    {
        var networks = reader.Get(Networks);
        if (reader.Find(Networks.Key) is not { } given)
            return (reader.Get(Path) ?? "", []);
        if (reader.Find(Path.Key) is not null)
            reader.Wrong(Networks.Key, given, $"networks beside {Path.Key}",
                $"one of the two: {Path.Key} for a file that takes every step, {Networks.Key} for several");
        if (networks.Count > 0 && reader.TryGet(ModelSettings.Step, out var step))
        {
            foreach (var (found, expected) in OnnxSchedule.Mistakes([.. networks.Select(network => network.Covers)], step))
                reader.Wrong(Networks.Key, given, found, expected);
        }
        return (networks.Count > 0 ? networks[0].Path : "", networks);
    }

    private static IEnumerable<SpecEntry> Compared(string key, IReadOnlyList<OnnxTensor> tensors) =>
        tensors.Select(t => new SpecEntry($"{key}.{t.Name}", SpecText.List(t.Variables)));

    /// <summary>Written without a tensor that was not named: reading it again finds the same.</summary>
    private static SettingType<IReadOnlyList<OnnxTensor>> Tensors() => Object(
        "an object of lists of variables by tensor, such as { input = [u, v] }", Tensor,
        t => (t.Name, t.Name.Length > 0 ? List(t.Variables) : null));

    /// <summary>An object with an item for each of its keys.</summary>
    private static SettingType<IReadOnlyList<T>> Object<T>(
        string expected, Func<SettingReader, string, string, HoconValue, T?> read, Func<T, (string Key, JsonNode? Value)> write)
        where T : class => new(
            "object", expected,
            (SettingReader reader, string key, HoconValue value, out IReadOnlyList<T> items) =>
            {
                items = value is HoconObject map ? [.. map.Keys.Select(name => read(reader, key, name, map[name])).OfType<T>()] : [];
                return value is HoconObject;
            },
            items => new JsonObject(items.Select(write).Where(i => i.Value is not null).Select(i => KeyValuePair.Create(i.Key, i.Value))))
    {
        Otherwise = [],
    };

    private static OnnxTensor? Tensor(SettingReader reader, string key, string name, HoconValue value)
    {
        if (Names.TryRead(reader, key, value, out var variables))
            return new OnnxTensor(name, variables!);
        reader.Wrong($"{key}.{name}", value, Names.Expected);
        return null;
    }

    private static OnnxPrevious PreviousOf(SettingReader reader, string key, string name, HoconValue value)
    {
        if (value is HoconScalar { Text: { Length: > 0 } of })
            return new OnnxPrevious(name, of);
        reader.Wrong($"{key}.{name}", value, "the name of a variable");
        return new OnnxPrevious(name, "");
    }

    private static OnnxScale? Scale(SettingReader reader, string key, string variable, HoconValue value)
    {
        const string expected = "[mean, deviation], two finite numbers, the deviation above 0";
        return Pair(reader, $"{key}.{variable}", value, expected,
            (mean, deviation) => double.IsFinite(mean) && double.IsFinite(deviation) && deviation > 0) is { } pair
            ? new OnnxScale(variable, pair.First, pair.Second) : null;
    }

    /// <summary>Notes what the settings make of the step together, unless one of them is wrong by itself.</summary>
    private static void Check(SettingReader reader, OnnxMapping mapping)
    {
        if (mapping.State.Count == 0 || reader.Mistakes.Any(m => m.Key.StartsWith("model.", StringComparison.Ordinal)))
            return;
        foreach (var (found, expected) in mapping.Mistakes())
        {
            var at = new Setting[] { Outputs, Previous, Inputs }.FirstOrDefault(s => reader.Find(s.Key) is not null)?.Key ?? Path.Key;
            reader.Wrong(at, reader.Find(at), found, expected);
        }
    }
}
