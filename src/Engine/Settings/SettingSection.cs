namespace Cairn.Engine.Settings;

/// <summary>Settings under one key, or of one kind, in the order in which they are written.</summary>
public class SettingSection
{
    private readonly string _prefix;
    private readonly List<Setting> _settings = [];

    private protected SettingSection(string prefix, Func<SettingChoice>? choice) => (_prefix, Choice) = (prefix, choice);

    internal SettingSection(string prefix, SettingChoice? choice = null) : this(prefix, choice is null ? null : () => choice) { }

    /// <summary>Its settings.</summary>
    public IReadOnlyList<Setting> Settings => _settings;

    /// <summary>Declares a setting that no spec has.</summary>
    internal Setting<T> Add<T>(
        string name, SettingType<T> type, string help, Given<T> usual = default, string? unset = null, string? example = null,
        string? unit = null) => Add(new Setting<T>(KeyOf(name), type, null, null)
        {
            Help = help, Usual = usual, Unset = unset, Example = example, Unit = unit, Choice = Choice,
        });

    private protected Func<SettingChoice>? Choice { get; }
    private protected string KeyOf(string name) => _prefix.Length == 0 ? name : $"{_prefix}.{name}";

    private protected Setting<T> Add<T>(Setting<T> setting)
    {
        _settings.Add(setting);
        return setting;
    }
}

/// <summary>Settings whose values are in one part of a spec. A kind has one from its base class (<c>SectionOf</c>).</summary>
public sealed class SettingSection<TPart> : SettingSection
    where TPart : class
{
    private readonly Func<RunSpec, TPart?> _part;

    internal SettingSection(string prefix, Func<RunSpec, TPart?> part, SettingChoice? choice = null) : base(prefix, choice) =>
        _part = part;

    /// <inheritdoc cref="SettingSection{TPart}(string, Func{RunSpec, TPart}, SettingChoice)"/>
    internal SettingSection(string prefix, Func<RunSpec, TPart?> part, Func<SettingChoice> choice) : base(prefix, choice) =>
        _part = part;

    /// <summary>Declares a setting; without a usual value and words for what is taken in its place, it has to be given.</summary>
    /// <param name="name">Its key, after that of the section.</param>
    /// <param name="type">What values it takes.</param>
    /// <param name="of">Its value in a spec.</param>
    /// <param name="help">What it is.</param>
    /// <param name="usual">Its value where it is not given.</param>
    /// <param name="unset">What is taken where it is not given, in words.</param>
    /// <param name="example">A value as a spec writes it.</param>
    /// <param name="unit">The unit of its numbers.</param>
    /// <param name="shapes">What it shapes.</param>
    /// <param name="only">What it belongs to, if that is not what the section does.</param>
    /// <param name="ifUnusual">Whether it is compared only where it is not as usual.</param>
    /// <param name="comparedLast">Whether it is compared after all others.</param>
    /// <param name="isOfRun">Whether it names what the run itself writes.</param>
    /// <param name="compared">What is compared, where that is not the value itself.</param>
    public Setting<T> Add<T>(
        string name, SettingType<T> type, Func<TPart, T> of, string help, Given<T> usual = default, string? unset = null,
        string? example = null, string? unit = null, Shaping shapes = Shaping.Nothing, SettingChoice? only = null,
        bool ifUnusual = false, bool comparedLast = false, bool isOfRun = false, Func<RunSpec, IEnumerable<SpecEntry>>? compared = null) =>
        Add(new Setting<T>(KeyOf(name), type, spec => of(_part(spec)!), spec => _part(spec) is not null)
        {
            Help = help, Usual = usual, Unset = unset, Example = example, Unit = unit, Shapes = shapes,
            Choice = only is null ? Choice : () => only, IfUnusual = ifUnusual, ComparedLast = comparedLast, IsOfRun = isOfRun,
            Compared = compared,
        });
}
