using Cairn.Storage.Derived;
using Cairn.Storage.Words;

namespace Cairn.Engine.Rollouts;

/// <summary>Derives files from what a run has committed so far, while it runs or after. Takes no lock and changes nothing else.</summary>
public static class RunDerivation
{
    /// <summary>Writes the files; each is durable when this returns.</summary>
    /// <param name="run">The run's checkpoint folder.</param>
    /// <param name="netCdf">A file for the fields of every member, or several (see <see cref="FieldsPart"/>), or null for the one in the
    /// run's spec, if any.</param>
    /// <param name="statistics">A file for statistics, or null for the one in the run's spec, if any.</param>
    /// <param name="quantiles">Their quantiles, or null for those in the run's spec.</param>
    /// <param name="files">The file system.</param>
    /// <param name="warn">Receives a warning about initial times of which nothing can be derived yet, where there are several.</param>
    /// <returns>The files that were written.</returns>
    /// <exception cref="SpecException">There is no file to write, or nothing to derive it from.</exception>
    /// <exception cref="DataException">The run or its fields are damaged.</exception>
    public static IReadOnlyList<string> Derive(
        string run, string? netCdf, string? statistics, IReadOnlyList<double>? quantiles, IDurableFiles files,
        Action<string>? warn = null)
    {
        var record = RunRecord.Read(Path.Combine(run, RunRecord.FileName));
        var output = record.Spec.Output;
        if (DerivedRecord.Read(files, run, record.Folder) is { MembersDropped: true } kept)
            throw new SpecException("The run has dropped its members' fields (output.keep-members = false). The files derived from them: "
                + $"{string.Join(", ", kept.Files.Select(f => f.Path))}.");
        var asked = netCdf is not null || statistics is not null;
        var fieldsFile = asked ? netCdf : output.NetCdf;
        var statisticsFile = asked ? statistics : output.Statistics?.Path;
        if (!asked)
            RunOutputs.RequireOwn(record, run, output.DerivedFiles());
        IFieldStore store = RunOutputs.Store(record, run, files) is { } path
            ? FieldStoreKinds.Open(files, path) : new NullFieldStore(Nothing);
        RequirePlaces(store, fieldsFile, statisticsFile);
        var wanted = quantiles ?? output.Statistics?.Quantiles ?? StatisticsSpec.UsualQuantiles;
        return
        [
            .. Begun(store, warn).SelectMany(one => (IEnumerable<string>)
            [
                .. fieldsFile is null ? [] : Fields(files, one, fieldsFile),
                .. statisticsFile is null ? [] : Statistics(files, one, statisticsFile, wanted),
            ]),
        ];
    }

    private static void RequirePlaces(IFieldStore store, string? fieldsFile, string? statisticsFile)
    {
        if (fieldsFile is null && statisticsFile is null)
            throw new SpecException("The run's spec names no file to derive. Name one: --netcdf PATH, --statistics PATH, or both.");
        if (fieldsFile is not null && FieldsPart.UnknownPlace(fieldsFile) is { } unknown)
            throw new SpecException($"{fieldsFile} contains {unknown}; expected {{member}}, {{day}} and {{time}} in the name of the "
                + "file, or none of them.");
        foreach (var file in new[] { fieldsFile, statisticsFile }.OfType<string>())
            TimePlace.Require(file, store.Layout);
    }

    /// <summary>The initial times that every member has committed something of, each as a store of its own; of one initial time that store,
    /// whatever it holds, so that it says what it lacks.</summary>
    private static IEnumerable<IFieldStore> Begun(IFieldStore store, Action<string>? warn)
    {
        var times = Enumerable.Range(0, store.Layout.Numbers.Times).Select(store.At).ToList();
        var begun = times.Where(one => Enumerable.Range(0, one.Layout.Members).All(member => one.Committed(member) is not null)).ToList();
        if (begun.Count > 0 && begun.Count < times.Count)
            warn?.Invoke($"nothing is derived for {Count.Of(times.Count - begun.Count, "initial time")}, the first "
                + $"{times.Except(begun).First().Layout.Time}: not every member has committed anything there yet");
        return begun.Count > 0 ? begun : times.Take(1);
    }

    private static List<string> Fields(IDurableFiles files, IFieldStore one, string path)
    {
        var parts = FieldsPart.Of(FieldsFile.Committed(one), path);
        foreach (var part in parts)
            FieldsFile.Write(files, one, part);
        return [.. parts.Select(part => part.Path)];
    }

    private static List<string> Statistics(IDurableFiles files, IFieldStore one, string path, IReadOnlyList<double> quantiles)
    {
        var file = TimePlace.Fill(path, one.Layout.Time);
        StatisticsFile.Write(files, one, file, quantiles);
        return [file];
    }

    private static FieldLayout Nothing => new()
    {
        Members = 0, Time = default, LeadTimes = [], Latitude = [], Longitude = [], Variables = [],
    };
}
