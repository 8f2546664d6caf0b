using Cairn.Engine.Pictures;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>output.picture</c>, and writes it.</summary>
internal static class PictureReader
{
    private const string Key = "output.picture";
    private const string Auto = "auto";
    private const string Off = "off";

    /// <summary>Where the picture goes, or null for none.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="store">The field store's absolute path; empty when it could not be read.</param>
    public static string? Read(SettingReader reader, string store)
    {
        const string expected = "auto, off, or the path of an HTML file";
        var text = reader.Text(Key, Auto, false, expected, t => !t.Contains('\0', StringComparison.Ordinal));
        if (text is Off || store.Length == 0)
        {
            return null;
        }

        var path = text is Auto ? PicturePaths.Beside(store) : text;
        if (reader.Context.Rules is not { } rules)
        {
            return Path.GetFullPath(path, reader.Context.WorkingDirectory);
        }

        var confined = rules.Confine(reader, Key, reader.Find(Key) ?? reader.Find("output.path"), path);
        return confined.Length > 0 ? confined : null;
    }

    /// <summary>The usual place is written as the word, so that a store that moves takes its picture along.</summary>
    public static string Write(OutputSpec output) =>
        output.Picture is not { } picture ? Off : picture == PicturePaths.Beside(output.Path!) ? Auto : picture;
}
