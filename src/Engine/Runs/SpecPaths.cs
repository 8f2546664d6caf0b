namespace Cairn.Engine.Runs;

/// <summary>Reads paths and makes them absolute.</summary>
internal static class SpecPaths
{
    /// <summary>A file that the run reads. A relative one is relative to the file that states it, or, from <c>--set</c> and the
    /// environment, to the working directory.</summary>
    public static string Input(SettingReader reader, string key, HoconValue? value, string what)
    {
        var path = Absolute(reader, key, value, $"the path of {what}", given => Path.GetDirectoryName(given.Origin.File));
        if (path.Length > 0 && reader.Context.FileExists?.Invoke(path) == false)
            reader.Wrong(key, value, $"{path}, which is not a file", $"the path of {what}");
        return path;
    }

    /// <summary>What <see cref="InputStore"/> takes.</summary>
    public const string StoreExpected = "the path of a field store that Cairn wrote";

    /// <summary>A folder that the run reads, relative as its files are.</summary>
    public static string InputFolder(SettingReader reader, string key, HoconValue? value, string what)
    {
        var path = Absolute(
            reader, key, value, $"the path of {what}", given => Path.GetDirectoryName(given.Origin.File), mayBeRoot: true);
        if (path.Length > 0 && reader.Context.FileExists is not null && !PathFound.IsFolder(path))
            reader.Wrong(key, value, $"{path}, which is not a folder", $"the path of {what}");
        return path;
    }

    /// <summary>A field store that the run reads, relative as its files are.</summary>
    public static string InputStore(SettingReader reader, string key, HoconValue? value)
    {
        var path = Path.TrimEndingDirectorySeparator(
            Absolute(reader, key, value, StoreExpected, given => Path.GetDirectoryName(given.Origin.File)));
        if (path.Length > 0 && reader.Context.FileExists is { } isFile && !FieldStoreKinds.IsStore(path, isFile))
            reader.Wrong(key, value, $"{path}, which is not such a store: it contains none of {FieldStoreKinds.Marks}", StoreExpected);
        return path;
    }

    /// <summary>A folder that the run writes, relative to the working directory.</summary>
    public static string Output(SettingReader reader, string key, HoconValue? value, string what)
    {
        var path = Absolute(reader, key, value, $"the path of {what}", _ => null);
        if (path.Length > 0 && reader.Context.FileExists?.Invoke(path) == true)
            reader.Wrong(key, value, $"{path}, which is a file", "a folder, or a path that does not exist yet");
        return path;
    }

    /// <summary>A file that the run writes, relative to the working directory; null where it will not do.</summary>
    public static string? OutputFile(SettingReader reader, string key, HoconValue value, string what)
    {
        var path = Absolute(reader, key, value, $"the path of {what}", _ => null);
        if (path.Length > 0 && (path.EndsWith('/') || (reader.Context.FileExists is not null && PathFound.IsFolder(path))))
            reader.Wrong(key, value, $"{path}, which is a folder", "a file, existing or not");
        return path.Length > 0 ? path : null;
    }

    /// <summary>Notes output folders that would swallow one another, an input, or the spec.</summary>
    public static void CheckApart(SettingReader reader, RunSpec spec)
    {
        var outputs = new List<SpecEntry> { new("checkpoint.path", spec.Checkpoint.Path), new("output.path", spec.Output.Path ?? "") };
        outputs.AddRange(spec.Output.DerivedFiles());
        outputs.Add(new("output.picture", spec.Output.Picture ?? ""));
        outputs.RemoveAll(o => o.Value.Length == 0);
        for (var i = 0; i < outputs.Count; i++)
        {
            foreach (var before in outputs.Take(i).Where(o => IsIn(o.Value, outputs[i].Value) || IsIn(outputs[i].Value, o.Value)))
                reader.Wrong(outputs[i].Key, reader.Find(outputs[i].Key), $"{outputs[i].Value}, beside {before.Key} = {before.Value}",
                    "two paths, neither of which is inside the other");
        }
        foreach (var folder in spec.InputFolders().Where(f => f.Value.Length > 0))
            CheckOutside(reader, folder, outputs);
        var inputs = spec.InputFiles().Concat(spec.InputFolders()).Append(new SpecEntry("the spec", reader.Context.SpecFile ?? ""));
        foreach (var input in inputs.Where(i => i.Value.Length > 0))
        {
            foreach (var swallows in outputs.Where(o => IsIn(input.Value, o.Value)))
                reader.Wrong(swallows.Key, reader.Find(swallows.Key), $"{swallows.Value}, which holds {input.Key} ({input.Value})",
                    "a separate folder, without anything that the run reads");
        }
    }

    private static void CheckOutside(SettingReader reader, SpecEntry folder, IEnumerable<SpecEntry> outputs)
    {
        foreach (var inside in outputs.Where(o => IsIn(o.Value, folder.Value) && !IsIn(folder.Value, o.Value)))
            reader.Wrong(inside.Key, reader.Find(inside.Key), $"{inside.Value}, in {folder.Key} ({folder.Value})",
                "a folder outside everything that the run reads");
    }

    private static string Absolute(
        SettingReader reader, string key, HoconValue? value, string expected, Func<HoconValue, string?> folder, bool mayBeRoot = false)
    {
        if (value is not HoconScalar { Text: { Length: > 0 } text } || text.Contains('\0', StringComparison.Ordinal))
        {
            reader.Wrong(key, value, expected);
            return "";
        }
        if (PathFound.IsUrl(text))
        {
            // It would become a folder of that name.
            reader.Wrong(key, value, $"the URL {text}",
                expected + " on a file system; mount remote data, or copy it before and after the run");
            return "";
        }
        if (text is ['~'] or ['~', '/', ..])
        {
            // So would this.
            reader.Wrong(
                key, value, $"{text}, whose ~ only a shell replaces", $"{expected}; for the home folder: ${{HOME}}{text[1..]}");
            return "";
        }
        return reader.Context.Rules is { } rules
            ? rules.Confine(reader, key, value, text, mayBeRoot)
            : Path.GetFullPath(text, folder(value) ?? reader.Context.WorkingDirectory);
    }

    private static bool IsIn(string path, string folder)
    {
        var inner = Path.TrimEndingDirectorySeparator(path) + Path.DirectorySeparatorChar;
        return inner.StartsWith(
            Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }
}
