namespace Cairn.Engine.Settings;

/// <summary>Reads settings of one spec by key and type. A setting that is missing or wrong is noted among the mistakes and read as the
/// fallback, so that reading goes on to the next mistake. An explicit <c>null</c> counts as missing.</summary>
public sealed class SettingReader
{
    private readonly HoconObject _root;
    private readonly SpecContext _context;
    private readonly List<SpecMistake> _mistakes = [];
    private readonly Dictionary<Setting, object?> _read = [];
    private readonly HashSet<string> _wrong = [];
    private readonly string _prefix = "";

    internal SettingReader(HoconObject root, SpecContext context) => (_root, _context) = (root, context);

    private SettingReader(HoconObject item, SettingReader around, string prefix) : this(item, around.Context)
    {
        _mistakes = around._mistakes;
        _prefix = prefix;
    }

    internal IReadOnlyList<SpecMistake> Mistakes => _mistakes;
    internal SpecContext Context => _context;
    internal HoconObject Root => _root;

    /// <summary>The value at a dotted key, or null where there is none.</summary>
    public HoconValue? Find(string key)
        => _root.Find(key.Split('.')) is { } value && value is not HoconScalar { IsNull: true } ? value : null;

    /// <summary>Reads an object of a list; its mistakes are noted among all others, with the prefix before their keys.</summary>
    internal SettingReader Within(HoconObject item, string prefix) => new(item, this, prefix);

    /// <summary>Notes a mistake; reading continues, and all mistakes are reported at once.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="value">Its value, with file and line; null if there is none.</param>
    /// <param name="expected">What was expected.</param>
    public void Wrong(string key, HoconValue? value, string expected) => Wrong(key, value, Show(value), expected);

    /// <inheritdoc cref="Wrong(string, HoconValue?, string)"/>
    /// <param name="found">What was found instead, where the value alone does not say it.</param>
    public void Wrong(string key, HoconValue? value, string found, string expected)
    {
        // Something missing in an item of a list is reported with the item's own place.
        value ??= _prefix.Length > 0 ? _root : null;
        var origin = value?.Origin;
        int? line = origin is { Line: > 0 } && !IsOverride(value) ? origin.Line : null;
        int? column = line is not null && origin!.Column > 0 ? origin.Column : null;
        _mistakes.Add(new SpecMistake(origin?.Source ?? _context.Source, line, _prefix + key, found, expected) { Column = column });
    }

    /// <summary>Whether a value was given by <c>--set</c>.</summary>
    internal static bool IsOverride(HoconValue? value) => value?.Origin.Source.StartsWith("--set ", StringComparison.Ordinal) == true;

    /// <summary>A setting's value, or the usual one. It is read once; what depends on it may ask again.</summary>
    public T Get<T>(Setting<T> setting) => Get(setting, setting.Usual.IsGiven ? setting.Usual.Value : setting.Type.Otherwise);

    /// <summary>A setting's value, or another where it is not given.</summary>
    public T Get<T>(Setting<T> setting, T missing)
    {
        if (!_read.TryGetValue(setting, out var value))
        {
            var isRequired = setting.IsRequired;
            _read[setting] = value = Read(setting.Key, setting.Type, isRequired ? setting.Type.Otherwise : missing, isRequired);
        }
        return (T)value!;
    }

    /// <summary>A setting's value where it is given and as expected, or the usual one where it is not given; else false.</summary>
    public bool TryGet<T>(Setting<T> setting, out T value)
    {
        value = Get(setting);
        return Find(setting.Key) is null ? !setting.IsRequired : !_wrong.Contains(setting.Key);
    }

    /// <summary>Reads a value; what is missing though required, or wrong, is noted, and read as what there is otherwise.</summary>
    internal T Read<T>(string key, SettingType<T> type, T otherwise, bool isRequired = false)
    {
        var value = Find(key);
        if (value is not null && type.TryRead(this, key, value, out var read))
            return read;
        if (value is not null || isRequired)
        {
            _wrong.Add(key);
            Wrong(key, value, type.Expected);
        }
        return otherwise;
    }

    internal static string Show(HoconValue? value) => value switch
    {
        null => "nothing",
        HoconScalar { Kind: HoconScalarKind.Text } text => HoconWriter.Quote(text.Text.Length > 200 ? text.Text[..200] + "..." : text.Text),
        HoconScalar scalar => scalar.Text,
        HoconArray array when array.Items.All(i => i is HoconScalar) && array.Items.Count <= 8
            => "[" + string.Join(", ", array.Items.Select(Show)) + "]",
        HoconArray => "an array",
        _ => "an object",
    };
}
