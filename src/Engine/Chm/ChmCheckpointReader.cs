using Cairn.Engine.Runs;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Chm;

/// <summary>Reads the section <c>checkpoint</c> in CHM's spelling; what is wrong is noted among all other mistakes.</summary>
internal static class ChmCheckpointReader
{
    private const string Section = "checkpoint";
    private const string Save = Section + ".save_checkpoint";
    private const string Frequency = Section + ".on_frequency";
    private const string Last = Section + ".on_last";
    private const string WallClock = Section + ".on_wallclock_limit";
    private const string Minutes = Section + ".minutes_of_wallclock";
    private const string Path = Section + ".load_checkpoint_path";
    private const string AutoResume = Section + ".auto_resume";

    /// <summary>Every setting of the section, in CHM's order.</summary>
    public static IReadOnlyList<string> Keys { get; } = [Save, Frequency, Last, WallClock, Minutes, Path, AutoResume];

    /// <summary>Reads a section that holds nothing else.</summary>
    public static ChmCheckpointSettings Read(SettingReader reader)
    {
        CheckNames(reader);
        return ReadAmong(reader);
    }

    /// <summary>Reads it from a section that holds other settings as well, which somebody else checks.</summary>
    public static ChmCheckpointSettings ReadAmong(SettingReader reader)
    {
        var path = reader.Text(Path, "", false, "the path of a checkpoint's JSON", _ => true);
        var settings = new ChmCheckpointSettings
        {
            Save = Flag(reader, Save),
            OnFrequency = reader.Find(Frequency) is null ? null : reader.Integer(
                Frequency, 1, 1, int.MaxValue, "every how many steps a checkpoint is saved"),
            OnLast = Flag(reader, Last),
            OnWallClockLimit = Flag(reader, WallClock),
            MinutesOfWallClock = reader.Integer(
                Minutes, ChmCheckpointSettings.UsualMinutesOfWallClock, 0, 1_000_000, "minutes before the wall-clock limit"),
            LoadPath = path.Length == 0 ? null : System.IO.Path.GetFullPath(path, reader.Context.WorkingDirectory),
            AutoResume = Flag(reader, AutoResume),
        };
        CheckTogether(reader, settings);
        return settings;
    }

    private static void CheckTogether(SettingReader reader, ChmCheckpointSettings settings)
    {
        var isTold = new[] { Frequency, Last, WallClock }.Any(key => reader.Mistakes.Any(m => m.Key == key));
        if (settings is { Save: true, OnFrequency: null, OnLast: false, OnWallClockLimit: false } && !isTold)
        {
            reader.Wrong(Save, reader.Find(Save), "true, with nothing that says when",
                "on_frequency, on_last or on_wallclock_limit beside it");
        }

        if (settings is { AutoResume: true, LoadPath: not null })
        {
            reader.Wrong(AutoResume, reader.Find(AutoResume), "true beside load_checkpoint_path", "one of the two");
        }
    }

    private static void CheckNames(SettingReader reader)
    {
        if (reader.Find(Section) is not { } value)
        {
            return;
        }

        if (value is not HoconObject section)
        {
            reader.Wrong(Section, value, "an object, such as { save_checkpoint = true, on_last = true }");
            return;
        }

        foreach (var name in section.Keys.Where(name => !Keys.Contains($"{Section}.{name}")))
        {
            reader.Wrong($"{Section}.{name}", section[name], Instead(name));
        }
    }

    /// <summary>CHM refuses the first as well; the second stands in an example of its documentation, and does nothing.</summary>
    private static string Instead(string name) => name switch
    {
        "frequency" => "on_frequency, which it was renamed to",
        "auto_resumed" => "auto_resume",
        _ => "one of " + string.Join(", ", Keys.Select(k => k[(Section.Length + 1)..])),
    };

    private static bool Flag(SettingReader reader, string key) => reader.Read(key, false, false, "true or false",
        (HoconScalar scalar, out bool value) =>
        {
            // CHM reads numbers as well.
            value = scalar.Text == "1";
            return value || scalar.Text == "0" || scalar.TryBoolean(out value);
        });
}
