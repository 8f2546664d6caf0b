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

    private static readonly SettingSection<InitialSpec> OfTimes = new("initial", spec => spec.Initial, Those(kind => kind.HasTimes));

    private static readonly Setting<IReadOnlyList<TimeSpan>> History = OfTimes.Add(
        "history", Spans, i => i.History, usual: Given.Of<IReadOnlyList<TimeSpan>>([]), shapes: Shaping.Numbers, ifUnusual: true,
        example: "[6h]",
        help: "How long before the initial time the same variables are read too, for a model that takes several times: [6h] gives u-6h "
            + "beside each u, the oldest first. The source has to have those times.");

    private static readonly GridSettings Grid = new(new("initial.grid", spec => spec.Initial.Grid, Those(kind => kind.NeedsGrid)));

    private static readonly RegridSettings Regrid = new(Those(kind => kind.MayRegrid));

    /// <summary>All settings of <c>initial</c>, in the order in which they are written.</summary>
    public static IEnumerable<SettingSection> Sections() =>
        [Section, .. SourceKinds.All.Select(kind => kind.Section), OfTimes, Grid.Section, Regrid.GridSection, Regrid.Section];

    /// <summary>Reads it for the kind of model that the spec names; null where it names none that is known.</summary>
    public static InitialSpec Read(SettingReader reader, ModelKind? model)
    {
        if (!reader.TryGet(Source, out var word))
        {
            // What else is missing depends on the source.
            return new InitialSpec(SourceKinds.All[0].Word, "", null, []);
        }

        var kind = SourceKinds.All.First(source => source.Word == word);
        var spec = kind.Read(reader, model) with
        {
            Grid = kind.NeedsGrid ? Grid.Read(reader) : null,
            Regrid = kind.MayRegrid ? Regrid.Read(reader) : null,
            History = kind.HasTimes ? [.. reader.Get(History).OrderDescending()] : [],
        };
        foreach (var twice in spec.HistoryNames.Intersect(spec.Variables.Select(v => v.Name), StringComparer.Ordinal))
        {
            reader.Wrong(History.Key, reader.Find(History.Key), $"{twice}, which initial.variables names already", "one of the two");
        }

        return spec;
    }

    private static SettingChoice Those(Func<SourceKind, bool> which) =>
        Source.Is([.. SourceKinds.All.Where(which).Select(kind => kind.Word)]);
}
