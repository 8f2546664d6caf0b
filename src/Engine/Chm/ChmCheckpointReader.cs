namespace Cairn.Engine.Chm;

/// <summary>The section <c>checkpoint</c> in CHM's spelling; what is wrong is noted among all other mistakes.</summary>
internal static class ChmCheckpointReader
{
    private const string Name = "checkpoint";

    private static readonly SettingType<bool> Switch = Scalar<bool>("true or false", "true or false", TrySwitch, value => value);

    /// <summary>Every setting of the section, in CHM's order.</summary>
    public static readonly SettingSection<ChmCheckpointSettings> Section = new(
        Name, spec => spec.Checkpoint.Chm?.Settings, ModelSettings.Kind.Is(MeshKind.Name));

    private static readonly Setting<bool> Save = Section.Add(
        "save_checkpoint", Switch, s => s.Save, usual: false,
        help: "The master switch of CHM's checkpoints; needs one of the three below.");

    private static readonly Setting<int?> Frequency = Section.Add(
        "on_frequency", Maybe(Integer("every how many steps a checkpoint is saved", 1)), s => s.OnFrequency, unset: "never", example: "48",
        help: "A checkpoint every N steps, counted from each start. By default never.");

    private static readonly Setting<bool> Last = Section.Add(
        "on_last", Switch, s => s.OnLast, usual: false, help: "Whether a checkpoint is saved after the last step.");

    private static readonly Setting<bool> WallClock = Section.Add(
        "on_wallclock_limit", Switch, s => s.OnWallClockLimit, usual: false,
        help: "Whether a checkpoint is saved when the run stops near the wall-clock limit (node.wall-clock-limit).");

    private static readonly Setting<int> Minutes = Section.Add(
        "minutes_of_wallclock", Integer("minutes before the wall-clock limit", 0, 1_000_000), s => s.MinutesOfWallClock,
        usual: ChmCheckpointSettings.UsualMinutesOfWallClock, unit: "minutes",
        help: "How long before that limit; node.wall-clock-margin if that is longer.");

    private static readonly Setting<string?> LoadPath = Section.Add(
        "load_checkpoint_path", LoadedFile(), s => s.LoadPath, isOfRun: true, shapes: Shaping.Contents,
        unset: "none", example: "chm/checkpoint/checkpoint_20191227T160000.np8.json",
        help: "A checkpoint's JSON that the run starts from, of any number of ranks: its time replaces initial.time, boundaries are "
            + "counted from it, and the last is at or before the configured end. By default none.");

    private static readonly Setting<bool> AutoResume = Section.Add(
        "auto_resume", Switch, s => s.AutoResume, usual: false,
        help: "Start from the newest checkpoint in CHM's folder, if there is one and the run has no sessions of its own.");

    /// <summary>Reads a section that holds nothing else.</summary>
    public static ChmCheckpointSettings Read(SettingReader reader)
    {
        CheckNames(reader);
        return ReadAmong(reader);
    }

    /// <summary>Reads it from a section that has other settings as well, which are checked elsewhere.</summary>
    public static ChmCheckpointSettings ReadAmong(SettingReader reader)
    {
        var path = reader.Get(LoadPath);
        var settings = new ChmCheckpointSettings
        {
            Save = reader.Get(Save),
            OnFrequency = reader.Get(Frequency),
            OnLast = reader.Get(Last),
            OnWallClockLimit = reader.Get(WallClock),
            MinutesOfWallClock = reader.Get(Minutes),
            LoadPath = path,
            AutoResume = reader.Get(AutoResume),
        };
        CheckTogether(reader, settings);
        return settings;
    }

    private static void CheckTogether(SettingReader reader, ChmCheckpointSettings settings)
    {
        var isTold = new Setting[] { Frequency, Last, WallClock }.Any(s => reader.Mistakes.Any(m => m.Key == s.Key));
        if (settings is { Save: true, OnFrequency: null, OnLast: false, OnWallClockLimit: false } && !isTold)
            reader.Wrong(Save.Key, reader.Find(Save.Key), "true, without a setting that says when",
                "on_frequency, on_last or on_wallclock_limit beside it");
        if (settings is { AutoResume: true, LoadPath: not null })
            reader.Wrong(AutoResume.Key, reader.Find(AutoResume.Key), "true beside load_checkpoint_path", "one of the two");
    }

    private static void CheckNames(SettingReader reader)
    {
        if (reader.Find(Name) is not { } value)
            return;
        if (value is not HoconObject section)
        {
            reader.Wrong(Name, value, "an object, such as { save_checkpoint = true, on_last = true }");
            return;
        }
        foreach (var name in section.Keys.Where(name => Section.Settings.All(s => s.Key != $"{Name}.{name}")))
            reader.Wrong($"{Name}.{name}", section[name], Instead(name));
    }

    /// <summary>CHM refuses the first as well; the second stands in an example of its documentation, and does nothing.</summary>
    private static string Instead(string name) => name switch
    {
        "frequency" => "on_frequency, which it was renamed to",
        "auto_resumed" => "auto_resume",
        _ => "one of " + string.Join(", ", Section.Settings.Select(s => s.Key[(Name.Length + 1)..])),
    };

    /// <summary>Relative to the working directory, and not looked at before the run begins from it.</summary>
    private static SettingType<string?> LoadedFile()
    {
        const string expected = "the path of a checkpoint's JSON";
        return new SettingType<string?>(
            "file", expected,
            (SettingReader reader, string _, HoconValue value, out string? path) =>
            {
                var text = (value as HoconScalar)?.Text ?? "";
                path = text.Length > 0 ? Path.GetFullPath(text, reader.Context.WorkingDirectory) : null;
                return path is not null;
            },
            path => path)
        {
            InputFiles = (key, path) => path is null ? [] : [new SpecEntry(key, path)],
        };
    }

    private static bool TrySwitch(HoconScalar scalar, out bool value)
    {
        // CHM reads numbers as well.
        value = scalar.Text == "1";
        return value || scalar.Text == "0" || scalar.TryBoolean(out value);
    }
}

/// <summary>CHM's configurations are JSON with comments of both kinds of C. HOCON has those that end with the line; the others are blanked
/// out here, so that every line keeps its number.</summary>
internal static class JsonComments
{
    /// <summary>Opens a file; of a JSON's the comments between <c>/*</c> and <c>*/</c> are blank. Null when there is none.</summary>
    public static Stream? OpenWithout(string path) => !PathFound.IsFile(path) ? null
        : path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? new MemoryStream(Encoding.UTF8.GetBytes(Blank(File.ReadAllText(path))), writable: false)
            : File.OpenRead(path);

    /// <summary>The text with comments between <c>/*</c> and <c>*/</c> replaced by blanks; an unfinished one reaches to the end.</summary>
    public static string Blank(string text)
    {
        var result = new StringBuilder(text);
        for (var at = 0; at < text.Length; at++)
        {
            var rest = text.AsSpan(at);
            var end = rest[0] == '"' ? at + StringLength(rest)
                : rest.StartsWith("//") || rest[0] == '#' ? at + Length(rest, "\n", 0)
                : rest.StartsWith("/*") ? at + Length(rest, "*/", 2)
                : at + 1;
            if (rest.StartsWith("/*"))
            {
                for (var i = at; i < end; i++)
                    result[i] = char.IsWhiteSpace(text[i]) ? text[i] : ' ';
            }
            at = end - 1;
        }
        return result.ToString();
    }

    private static int StringLength(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '"' or '\n':
                    return i + 1;
            }
        }
        return text.Length;
    }

    private static int Length(ReadOnlySpan<char> text, string end, int from) =>
        text[from..].IndexOf(end) is >= 0 and var at ? from + at + end.Length : text.Length;
}
