namespace Cairn.Engine.Models.Python;

/// <summary>A model given as a Python class.</summary>
/// <param name="Class">Module and class, such as <c>my_package.my_module:MyModel</c>.</param>
/// <param name="Folders">Absolute folders to find its module in.</param>
/// <param name="Interpreter">The interpreter: an absolute path, or a name in <c>PATH</c>.</param>
/// <param name="Arguments">Keyword arguments of the class, an object in JSON.</param>
/// <param name="Variables">The initial fields that it takes, in the order of their axis; each is a key of <c>initial.variables</c>.</param>
/// <param name="Outputs">Names of what <c>fields</c> returns, in the order of its axis.</param>
/// <param name="Memory">The memory that its process may take, in bytes; null for no limit.</param>
public record PythonSpec(
    string Class, IReadOnlyList<string> Folders, string Interpreter, string Arguments, IReadOnlyList<string> Variables,
    IReadOnlyList<string> Outputs, long? Memory);

/// <summary>A Python class, stepped by a process of its own.</summary>
internal sealed class PythonKind() : PythonKind<PythonSpec>("python", "a Python class")
{
    public override IReadOnlyList<SettingSection> Sections => [PythonSettings.Own, PythonSettings.Section];

    public override string AgainstCuda => "states of a Python model are in the CPU's memory. Use model.device = cpu or auto; the class may "
        + "take a GPU by itself (model.arguments { device = \"cuda:0\" }).";

    internal override bool TakesForcing => true;
    protected override PythonSpec ReadOwn(SettingReader reader, InitialSpec initial) => PythonSettings.Read(reader, initial);
}

/// <summary>A model that a Python process steps.</summary>
/// <param name="word">Its word in a spec.</param>
/// <param name="what">What it is, in a few words.</param>
/// <typeparam name="TOwn">What it needs.</typeparam>
internal abstract class PythonKind<TOwn>(string word, string what) : ModelKind<TOwn>(word, what)
    where TOwn : PythonSpec
{
    public override bool TakesSeveralTimes => true;
    public override string DType => "float32";
    public override bool StaysOnHost => true;
    protected override IReadOnlyList<string> OutputsOf(TOwn own) => own.Outputs;

    /// <summary>Keyword arguments of the class that is stepped.</summary>
    protected virtual JsonObject Arguments(TOwn own) => JsonNode.Parse(own.Arguments)!.AsObject();

    protected override IPrognosticModel Create(ModelRequest request, TOwn own)
    {
        var options = new PythonModelOptions
        {
            Class = own.Class,
            Folders = own.Folders,
            Interpreter = own.Interpreter,
            Arguments = Arguments(own),
            InputVariables = own.Variables,
            OutputVariables = own.Outputs,
            Grid = request.Initial.Grid,
            InitialTime = request.Initial.Time,
            Forcing = request.Forcing,
            Step = request.Spec.Step,
            DType = request.DType,
            Threads = request.Spec.Threads,
            Memory = own.Memory,
            Bounds = request.Bounds,
            Process = request.Process,
        };
        return request.Opened(own.Variables, () => PythonModel.Describe(options), fields => PythonModel.Open(options, fields));
    }
}

/// <summary>The settings of <c>model</c> for Python classes and what is stepped by one. The text of a class is compared as well; its
/// interpreter is in the fingerprint.</summary>
internal static partial class PythonSettings
{
    public static readonly SettingSection<PythonSpec> Section = new(
        "model", spec => spec.Model.Of<PythonSpec>(), ModelSettings.Kind.Is("python", "earth2studio"));

    /// <summary>What names a class of the user's.</summary>
    public static readonly SettingSection<PythonSpec> Own = new(
        "model", spec => spec.Model.Of<PythonSpec>(), ModelSettings.Kind.Is("python"));

    private static readonly Setting<string> Class = Own.Add(
        "class", Text("a module and a class in it, such as my_package.my_module:MyModel", IsName), p => p.Class,
        shapes: Shaping.Numbers, example: "\"my_package.my_module:MyModel\"",
        help: "The module and the class in it that is stepped.");

    private static readonly Setting<string> Interpreter = Section.Add(
        "python", Program(), p => p.Interpreter, usual: "python3", shapes: Shaping.Fingerprint,
        help: "The interpreter, a path or a name in PATH. It needs numpy.");

    private static readonly Setting<IReadOnlyList<string>> Folders = Section.Add(
        "python-path", FolderList(), p => p.Folders, unset: "the folder of the class", example: "[../models]",
        help: "Folders to find the module in, before those that the interpreter knows. By default the one of the file that names the "
            + "class.");

    private static readonly Setting<string> Arguments = Section.Add(
        "arguments", ArgumentObject(), p => p.Arguments, usual: "{}", shapes: Shaping.Numbers, example: "{ smoothing = 0.1 }",
        help: "Keyword arguments of the class, or of what makes the model of Earth2Studio.");

    private static readonly Setting<IReadOnlyList<string>?> Variables = Section.Add(
        "variables", Names, p => p.Variables, unset: "the keys of initial.variables", shapes: Shaping.Numbers, example: "[u, v]",
        help: "The initial fields that the class is given, in the order of their axis. By default the keys of initial.variables.");

    private static readonly Setting<IReadOnlyList<string>?> Outputs = Section.Add(
        "outputs", Names, p => p.Outputs, unset: "model.variables", shapes: Shaping.Numbers, example: "[u, v]",
        help: "Names of what the model's fields() returns, in channel order. By default variables, without those of older times.");

    private static readonly Setting<long?> Memory = Section.Add(
        "memory", Maybe(Scalar<long>("size", "a size of at least 1 MiB, such as 8GiB", TryMemory, bytes => bytes)), p => p.Memory,
        unset: "no limit", example: "8GiB",
        help: "The memory that the model's process may take besides states and fields; a call that wants more fails. By default no "
            + "limit.");

    public static PythonSpec Read(SettingReader reader, InitialSpec initial) =>
        Read(reader, initial, reader.Get(Class), reader.Find(Class.Key)?.Origin.File);

    /// <summary>The same for a class that the spec does not name.</summary>
    public static PythonSpec Read(SettingReader reader, InitialSpec initial, string name, string? file)
    {
        var variables = reader.Get(Variables);
        SpecChecks.AreAmong(reader, Variables.Key, variables, initial.VariableNames, "initial.variables");
        variables ??= initial.VariableNames;
        var interpreter = reader.Get(Interpreter);
        if (reader.Find(Interpreter.Key) is null)
            reader.Context.Rules?.CheckProgram(reader, Interpreter.Key, interpreter);
        return new PythonSpec(
            name, ReadFolders(reader, file), interpreter, reader.Get(Arguments), variables,
            reader.Get(Outputs) ?? [.. variables.Except(initial.HistoryNames)], reader.Get(Memory));
    }

    /// <summary>A path is relative to the file that states it.</summary>
    private static SettingType<string> Program()
    {
        var text = Text("a Python interpreter: a path, or a name in PATH", text => !text.Contains('\0', StringComparison.Ordinal));
        return text with
        {
            TryRead = (SettingReader reader, string key, HoconValue value, out string path) =>
            {
                var isGood = text.TryRead(reader, key, value, out var given);
                reader.Context.Rules?.CheckProgram(reader, key, isGood ? given : "python3");
                path = isGood && given.Contains('/', StringComparison.Ordinal)
                    ? Path.GetFullPath(given, Path.GetDirectoryName(value.Origin.File) ?? reader.Context.WorkingDirectory)
                    : given;
                return isGood;
            },
        };
    }

    /// <summary>By default the folder of the file that names the class; a spec that is sent comes from no file.</summary>
    private static IReadOnlyList<string> ReadFolders(SettingReader reader, string? file)
    {
        if (reader.Find(Folders.Key) is null && reader.Context.Rules is not null)
            reader.Wrong(Folders.Key, null, Folders.Expected);
        return reader.Get(Folders, [Path.GetDirectoryName(file) ?? reader.Context.WorkingDirectory]);
    }

    private static SettingType<IReadOnlyList<string>> FolderList()
    {
        const string what = "a folder with Python modules";
        return new SettingType<IReadOnlyList<string>>(
            "list of folders", "folders with Python modules, such as [../models]",
            (SettingReader reader, string key, HoconValue value, out IReadOnlyList<string> folders) =>
            {
                folders = value switch
                {
                    HoconArray array => [.. array.Items.Select(item => SpecPaths.InputFolder(reader, key, item, what))],
                    HoconScalar one => [SpecPaths.InputFolder(reader, key, one, what)],
                    _ => [],
                };
                return folders.Count > 0;
            },
            List) { Otherwise = [] };
    }

    /// <summary>An object, as JSON.</summary>
    private static SettingType<string> ArgumentObject() => new(
        "object", "an object of keyword arguments, such as { smoothing = 0.1 }",
        (SettingReader _, string _, HoconValue value, out string arguments) =>
        {
            arguments = value is HoconObject map ? ToJson(map)!.ToJsonString() : "{}";
            return value is HoconObject;
        },
        arguments => JsonNode.Parse(arguments))
    {
        Entries = (key, value) => value.AsObject().OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => new SpecEntry($"{key}.{a.Key}", a.Value?.ToJsonString() ?? "null")),
    };

    private static bool TryMemory(HoconScalar scalar, out long bytes) => scalar.TrySize(out bytes) && bytes >= 1 << 20;

    /// <summary>A module and something in it.</summary>
    public static bool IsName(string text) => ClassPattern().IsMatch(text);

    [GeneratedRegex(@"\A[\p{L}_]\w*(\.[\p{L}_]\w*)*:[\p{L}_]\w*(\.[\p{L}_]\w*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ClassPattern();
}
