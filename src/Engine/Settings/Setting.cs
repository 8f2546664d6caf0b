namespace Cairn.Engine.Settings;

/// <summary>What another value of a setting means for a run that was begun.</summary>
public enum Shaping
{
    /// <summary>The run goes on.</summary>
    Nothing,

    /// <summary>Numbers depend on it: the run is refused.</summary>
    Numbers,

    /// <summary>The field store is laid out by it: the run is refused.</summary>
    Layout,

    /// <summary>It names a file whose contents numbers depend on: the run is refused unless they are the same.</summary>
    Contents,

    /// <summary>The fingerprint of the numerics has it, or what follows from it.</summary>
    Fingerprint,

    /// <summary>It may only grow.</summary>
    Length,
}

/// <summary>Values of another setting that a setting belongs to.</summary>
/// <param name="Chooser">The setting that decides.</param>
/// <param name="Choices">Its values.</param>
public sealed record SettingChoice(Setting Chooser, IReadOnlyList<string> Choices);

/// <summary>A setting, declared once: its key, type, default, unit and help, what it belongs to and what it shapes. Reading,
/// <c>run.json</c>, the comparison on resume, <c>hocon/reference.conf</c> and the commands that explain settings all go by it. Where a key
/// means something else for each of several kinds, each of them declares it.</summary>
public abstract class Setting(string key)
{
    /// <summary>Its dotted key.</summary>
    public string Key { get; } = key;

    /// <summary>What it is, in a sentence or a few.</summary>
    public required string Help { get; init; }

    /// <summary>The unit of its numbers; null where they have none, or the value carries it.</summary>
    public string? Unit { get; init; }

    /// <summary>What is taken where it is not given, in words; null where that is a value, or where it has to be given.</summary>
    public string? Unset { get; init; }

    /// <summary>A value as a spec writes it.</summary>
    public string? Example { get; init; }

    /// <summary>What it belongs to; null for a setting that every spec may have.</summary>
    public SettingChoice? For => Choice?.Invoke();

    /// <summary>What it shapes.</summary>
    public Shaping Shapes { get; init; }

    /// <summary>What a value is, in a word or two.</summary>
    public abstract string TypeName { get; }

    /// <summary>What a value has to be, as a mistake says it.</summary>
    public abstract string Expected { get; }

    /// <summary>The value where it is not given, as a spec writes it; null where there is none, or where it depends on others.</summary>
    public abstract string? Default { get; }

    /// <summary>Whether it has to be given.</summary>
    public bool IsRequired => Default is null && Unset is null;

    /// <summary>The values that there are; empty where they are not listed.</summary>
    internal abstract IReadOnlyList<string> Words { get; }

    /// <summary>What it belongs to: evaluated late, since the setting that chooses lists all kinds there are.</summary>
    internal Func<SettingChoice>? Choice { get; init; }

    /// <summary>Whether it names what the run itself writes, or may have written.</summary>
    internal bool IsOfRun { get; init; }

    /// <summary>Whether it is compared only if it differs from the default: the records of older runs do not have it.</summary>
    internal bool IfUnusual { get; init; }

    /// <summary>Whether it is compared after all others, as in the digests of older runs.</summary>
    internal bool ComparedLast { get; init; }

    /// <summary>What is compared, where that is not the value itself.</summary>
    internal Func<RunSpec, IEnumerable<SpecEntry>>? Compared { get; init; }

    /// <summary>Its value in a spec that it belongs to, as JSON; null where it has none.</summary>
    internal abstract JsonNode? Write(RunSpec spec);

    /// <summary>Its value where it is not given, as JSON.</summary>
    internal abstract JsonNode? WriteDefault();

    /// <summary>Reads it, and writes what was read as JSON.</summary>
    internal abstract JsonNode? ReadBack(SettingReader reader);

    /// <summary>The files that its value in a spec names for the run to read, by setting.</summary>
    internal abstract IEnumerable<SpecEntry> InputFiles(RunSpec spec);

    /// <summary>Whether it belongs to a spec.</summary>
    internal virtual bool IsIn(RunSpec spec) =>
        For is not { } choice || (choice.Chooser.IsIn(spec) && choice.Choices.Contains(SpecText.Plain(choice.Chooser.Write(spec))));

    /// <summary>Its value in a spec, for comparison.</summary>
    internal IEnumerable<SpecEntry> Entries(RunSpec spec)
    {
        if (Compared is not null)
            return Compared(spec);
        var value = Write(spec);
        return IfUnusual && JsonNode.DeepEquals(value, WriteDefault()) ? []
            : value is not null ? Entries(value)
            : Unset is not null ? [new SpecEntry(Key, Unset)] : [];
    }

    private protected abstract IEnumerable<SpecEntry> Entries(JsonNode value);
}

/// <summary>A setting with values of one type.</summary>
public sealed class Setting<T> : Setting
{
    private readonly SettingType<T> _type;
    private readonly Func<RunSpec, T>? _of;
    private readonly Func<RunSpec, bool>? _isIn;

    internal Setting(string key, SettingType<T> type, Func<RunSpec, T>? of, Func<RunSpec, bool>? isIn) : base(key) =>
        (_type, _of, _isIn) = (type, of, isIn);

    /// <summary>What values it takes.</summary>
    public SettingType<T> Type => _type;

    /// <summary>The value where it is not given; by default the type's own for what is missing.</summary>
    public Given<T> Usual { get; init; }

    public override string TypeName => _type.Name;
    public override string Expected => _type.Expected;
    public override string? Default => Usual.IsGiven && _type.Write(Usual.Value) is { } value ? SpecText.Hocon(value) : null;
    internal override IReadOnlyList<string> Words => _type.Words;

    /// <summary>The choice of some of its values.</summary>
    public SettingChoice Is(params T[] values) => new(this, [.. values.Select(v => SpecText.Plain(_type.Write(v)))]);

    internal override JsonNode? Write(RunSpec spec) => _of is null ? null : _type.Write(_of(spec));
    internal override JsonNode? WriteDefault() => Usual.IsGiven ? _type.Write(Usual.Value) : null;
    internal override JsonNode? ReadBack(SettingReader reader) => _type.Write(reader.Get(this));

    internal override IEnumerable<SpecEntry> InputFiles(RunSpec spec) =>
        _type.InputFiles is { } files && _of is not null ? files(Key, _of(spec)) : [];

    internal override bool IsIn(RunSpec spec) => _of is not null && _isIn?.Invoke(spec) != false && base.IsIn(spec);

    private protected override IEnumerable<SpecEntry> Entries(JsonNode value) =>
        _type.Entries?.Invoke(Key, value) ?? [new SpecEntry(Key, SpecText.Plain(value))];
}

/// <summary>A value that may be left out.</summary>
public readonly record struct Given<T>(bool IsGiven, T Value)
{
    /// <summary>A value that is given.</summary>
    public static implicit operator Given<T>(T value) => new(true, value);
}

/// <summary>Makes values that are given.</summary>
public static class Given
{
    /// <summary>One of an interface, which the language does not convert by itself.</summary>
    public static Given<T> Of<T>(T value) => new(true, value);
}
