namespace Cairn.Engine.Extensions;

/// <summary>The extensions of this process. They are those that <see cref="Variable"/> names when the process starts: code is chosen by the
/// user who starts the process, never by a spec. Child processes inherit the variable, and so have the same kinds.</summary>
public static partial class LoadedExtensions
{
    /// <summary>The variable that names their assemblies, as <c>PATH</c> names folders.</summary>
    public const string Variable = "CAIRN_EXTENSIONS";

    private static readonly Lazy<IReadOnlyList<Extension>> Loaded = new(
        () => ExtensionLoader.Load(Environment.GetEnvironmentVariable(Variable)));

    /// <summary>All of them, in the order in which they are named.</summary>
    /// <exception cref="SpecException">One of them cannot be used; <see cref="Defect"/> reports it without an exception.</exception>
    public static IReadOnlyList<Extension> Here => Loaded.Value;

    /// <summary>What is wrong with an extension of this process; null where nothing is. Asked before anything else, so that no list of
    /// kinds is made of half of them.</summary>
    public static string? Defect()
    {
        try
        {
            return Here.Count == 0 ? null : Taken(ModelKinds.All.Select(kind => ("model.kind", kind.Word)))
                ?? Taken(SourceKinds.All.Select(kind => ("initial.source", kind.Word)))
                ?? Taken(PerturbationKinds.All.Select(kind => ("ensemble.perturbation.kind", kind.Word)))
                ?? Taken(FieldStoreKinds.All.Select(kind => kind.Word).Append(OutputSpec.None).Select(word => ("output.kind", word)))
                ?? Here.Select(Misdeclared).FirstOrDefault(mistake => mistake is not null);
        }
        catch (SpecException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is TypeInitializationException || ExtensionLoader.IsMisfit(e))
        {
            // The declarations of kinds are static fields; Cairn's own are tested.
            return ExtensionLoader.Unusable(string.Join(", ", Here.Select(extension => extension.Path)), e).Message;
        }
    }

    /// <summary>What is wrong with a word or a key that an extension declares; null where nothing is.</summary>
    private static string? Misdeclared(Extension extension)
    {
        var ofAll = RunSettings.All.Where(setting => setting.For is null).Select(setting => setting.Key).ToHashSet();
        foreach (var (what, word, sections) in extension.Kinds.Declared())
        {
            var kind = $"the {what} {word} of the extension {extension.Name}";
            if (!WordPattern().IsMatch(word))
                return $"{kind} has a name that no spec can have; expected lower-case letters, digits and hyphens.";
            var keys = sections().SelectMany(section => section.Settings).Select(setting => setting.Key).ToList();
            if (keys.Find(key => !key.Split('.').All(part => WordPattern().IsMatch(part))) is { } odd)
                return $"{kind} declares the setting '{odd}'; expected lower-case letters, digits and hyphens in a key.";
            if (keys.Find(ofAll.Contains) is { } taken)
                return $"{kind} declares {taken}, which every run has; expected another key. Its value is in the spec of the request.";
            if (keys.GroupBy(key => key).FirstOrDefault(same => same.Count() > 1)?.Key is { } twice)
                return $"{kind} declares {twice} twice; expected each key once.";
        }
        return null;
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex WordPattern();

    /// <summary>Those that a spec uses a kind of, in the order in which they are named.</summary>
    internal static IReadOnlyList<Extension> Behind(RunSpec spec)
    {
        if (Here.Count == 0)
            return [];
        object?[] kinds =
        [
            ModelKinds.Of(spec.Model), SourceKinds.Of(spec.Initial), PerturbationKinds.Of(spec.Ensemble.Perturbation),
            NoiseKinds.Of(spec.Ensemble.Perturbation.Noise), spec.Output.WritesFields ? FieldStoreKinds.Of(spec.Output) : null,
        ];
        var assemblies = kinds.OfType<object>().Select(kind => kind.GetType().Assembly).ToHashSet();
        return [.. Here.Where(extension => assemblies.Contains(extension.Assembly))];
    }

    internal static IReadOnlyList<string> NamesIn(RunSpec spec) => [.. Behind(spec).Select(extension => extension.Name)];

    /// <summary>One of the words of kinds; a kind that is not known may be one of an extension that this process lacks.</summary>
    internal static SettingType<string> KindWord(IEnumerable<string> words)
    {
        var type = OneOf([.. words]);
        var here = Here.Count == 0 ? "none" : string.Join(", ", Here.Select(extension => extension.Name));
        return type with { Expected = $"{type.Expected}; or a kind of an extension that {Variable} names (loaded: {here})" };
    }

    /// <summary>The names of extensions that a spec needs; resolved specs list them.</summary>
    internal static SettingType<IReadOnlyList<string>> Names { get; } = Texts with
    {
        Name = "list of names", Expected = "a list of names of extensions, such as [Damped]",
        Write = names => names.Count == 0 ? null : List(names),
    };

    /// <summary>Notes each extension that a spec needs and this process lacks.</summary>
    internal static void Require(SettingReader reader, string key, IReadOnlyList<string> needed)
    {
        foreach (var lacking in needed.Where(name => Here.All(extension => extension.Name != name)))
            reader.Wrong(key, reader.Find(key), $"{lacking}, which is not loaded here",
                $"its assembly, {lacking}.dll, among those that {Variable} names, wherever this run is read or stepped (seeds, workers, "
                + "and commands on its folder)");
    }

    private static string? Taken(IEnumerable<(string Key, string Word)> words) =>
        words.GroupBy(kind => kind).FirstOrDefault(same => same.Count() > 1)?.Key is var (key, word)
            ? $"{key} = {word} is defined twice, and {Variable} names {string.Join(", ", Here.Select(e => $"{e.Name} ({e.Adds})"))}. "
                + "Give the extension's kind another name."
            : null;
}
