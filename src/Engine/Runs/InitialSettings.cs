using Cairn.Engine.Extensions;
using Cairn.Engine.Models;
using Cairn.Engine.Settings;
using Cairn.Engine.Sources;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Runs;

/// <summary>The settings of <c>initial</c> that do not belong to one source.</summary>
internal static class InitialSettings
{
    private static readonly SettingSection<InitialSpec> Section = new("initial", spec => spec.Initial);

    public static readonly Setting<string> Source = Section.Add(
        "source", LoadedExtensions.KindWord(SourceKinds.All.Select(kind => kind.Word)),
        i => i.Source, shapes: Shaping.Numbers, example: "netcdf",
        help: $"Where the initial condition comes from: {string.Join(", ", SourceKinds.All.Select(kind => $"{kind.Word} ({kind.What})"))}. "
            + "docs/sources.md describes them.");

    private static readonly GridSettings Grid = new(new("initial.grid", spec => spec.Initial.Grid, Those(kind => kind.NeedsGrid)));

    private static readonly RegridSettings Regrid = new(Those(kind => kind.MayRegrid));

    /// <summary>All settings of <c>initial</c>, in the order in which they are written.</summary>
    public static IEnumerable<SettingSection> Sections() =>
        [Section, .. SourceKinds.All.Select(kind => kind.Section), Grid.Section, Regrid.GridSection, Regrid.Section];

    /// <summary>Reads it for the kind of model that the spec names; null where it names none that is known.</summary>
    public static InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        if (!reader.TryGet(Source, out var word))
        {
            // What else is missing depends on the source.
            return new InitialSpec(SourceKinds.All[0].Word, "", null, []);
        }

        var kind = SourceKinds.All.First(source => source.Word == word);
        return kind.Read(reader, model) with
        {
            Grid = kind.NeedsGrid ? Grid.Read(reader) : null,
            Regrid = kind.MayRegrid ? Regrid.Read(reader) : null,
        };
    }

    private static SettingChoice Those(Func<SourceKind, bool> which) =>
        Source.Is([.. SourceKinds.All.Where(which).Select(kind => kind.Word)]);
}
