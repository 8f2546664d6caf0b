using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads paths and makes them absolute.</summary>
internal static class SpecPaths
{
    /// <summary>
    /// A file that the run reads. A relative one is relative to the file that states it, or, from <c>--set</c> and the environment, to the
    /// working directory.
    /// </summary>
    public static string Input(SettingReader reader, string key, string what)
    {
        var path = Absolute(reader, key, $"the path of {what}", value => Path.GetDirectoryName(value.Origin.File));
        if (path.Length > 0 && reader.Context.FileExists?.Invoke(path) == false)
        {
            reader.Wrong(key, reader.Find(key), $"{path}, which is no file", $"the path of {what}");
        }

        return path;
    }

    /// <summary>A folder that the run writes, relative to the working directory.</summary>
    public static string Output(SettingReader reader, string key, string what)
    {
        var path = Absolute(reader, key, $"the path of {what}", _ => null);
        if (path.Length > 0 && reader.Context.FileExists?.Invoke(path) == true)
        {
            reader.Wrong(key, reader.Find(key), $"{path}, which is a file", "a folder, or a path not yet there");
        }

        return path;
    }

    /// <summary>A file that the run writes, relative to the working directory; null where none is asked for.</summary>
    public static string? OutputFile(SettingReader reader, string key, string what)
    {
        if (reader.Find(key) is null)
        {
            return null;
        }

        var path = Absolute(reader, key, $"the path of {what}", _ => null);
        if (path.Length > 0 && (path.EndsWith('/') || (reader.Context.FileExists is not null && Directory.Exists(path))))
        {
            reader.Wrong(key, reader.Find(key), $"{path}, which is a folder", "a file, there or not yet there");
        }

        return path.Length > 0 ? path : null;
    }

    /// <summary>Notes output folders that would swallow one another, an input, or the spec.</summary>
    public static void CheckApart(SettingReader reader, RunSpec spec)
    {
        var outputs = new List<SpecEntry> { new("checkpoint.path", spec.Checkpoint.Path), new("output.path", spec.Output.Path ?? "") };
        outputs.AddRange(spec.Output.DerivedFiles());
        outputs.RemoveAll(o => o.Value.Length == 0);
        for (var i = 0; i < outputs.Count; i++)
        {
            foreach (var before in outputs.Take(i).Where(o => IsIn(o.Value, outputs[i].Value) || IsIn(outputs[i].Value, o.Value)))
            {
                reader.Wrong(outputs[i].Key, reader.Find(outputs[i].Key), $"{outputs[i].Value}, beside {before.Key} = {before.Value}",
                    "two paths of which neither lies in the other");
            }
        }

        var inputs = spec.InputFiles().Append(new SpecEntry("the spec", reader.Context.SpecFile ?? ""));
        foreach (var input in inputs.Where(i => i.Value.Length > 0))
        {
            foreach (var swallows in outputs.Where(o => IsIn(input.Value, o.Value)))
            {
                reader.Wrong(swallows.Key, reader.Find(swallows.Key), $"{swallows.Value}, which holds {input.Key} ({input.Value})",
                    "a folder of its own, without anything that the run reads");
            }
        }
    }

    private static string Absolute(SettingReader reader, string key, string expected, Func<HoconValue, string?> folder)
    {
        var text = reader.Text(key, "", true, expected, t => !t.Contains('\0', StringComparison.Ordinal));
        return text.Length == 0 ? "" : Path.GetFullPath(text, folder(reader.Find(key)!) ?? reader.Context.WorkingDirectory);
    }

    private static bool IsIn(string path, string folder)
    {
        var inner = Path.TrimEndingDirectorySeparator(path) + Path.DirectorySeparatorChar;
        return inner.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }
}
