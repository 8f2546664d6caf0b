using System.Globalization;
using System.Text.RegularExpressions;
using Cairn.Engine.Sources;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>initial</c>.</summary>
internal static partial class InitialReader
{
    // Where nothing tells a time of its own, the lead times have to count from somewhere.
    private const string TimeOfCases = "2000-01-01";

    /// <summary>Reads it for the kind of model that the spec names; null where it names none that is known.</summary>
    public static InitialSpec Read(SettingReader reader, ModelKind? kind)
        => reader.Word<InitialSource>("initial.source", null) switch
        {
            InitialSource.Model => FromModel(reader, kind),
            InitialSource.Npy => Npy(reader),
            InitialSource.Zarr => Zarr(reader),
            InitialSource.Analytic => Analytic(reader),
            InitialSource.Random => Noise(reader),
            InitialSource.NetCdf => FromFile(reader),
            // What else is missing depends on the source.
            _ => new InitialSpec(InitialSource.NetCdf, "", null, []),
        };

    private static InitialSpec FromModel(SettingReader reader, ModelKind? kind)
    {
        const string key = "initial.source";
        var names = kind is { } known ? ModelCases.Names(known) : [];
        if (kind is { } without && names.Count == 0)
        {
            reader.Wrong(key, reader.Find(key), $"another source: the {SpecText.Word(without)} model has no initial state of its own");
        }

        var name = reader.Text("initial.case", names.Count > 0 ? names[0] : "", false,
            $"one of the model's own initial states, {string.Join(", ", names)}", text => kind is null || names.Contains(text));
        var variables = kind is { } given ? ModelCases.Variables(given) : [];
        return new InitialSpec(
            InitialSource.Model, "", GivenTime(reader), [.. variables.Select(v => new InitialVariable(v, v))]) { Case = name };
    }

    private static InitialSpec FromFile(SettingReader reader)
    {
        var path = SpecPaths.Input(reader, "initial.path", "a NetCDF file with the initial fields");
        var time = reader.Read<InitialTime?>("initial.time", null, false,
            "a time such as \"1990-01-16\" or \"1990-01-16T12:00:00Z\", or an index on the file's time axis, from 0", TryTime);
        const string expected = "an object that names the file's variable for each of the model's, such as { u = u10m, v = v10m }";
        return new InitialSpec(InitialSource.NetCdf, path, time, InitialVariables.Named(reader, expected))
        {
            Regrid = GridReader.Regrid(reader),
        };
    }

    private static InitialSpec Npy(SettingReader reader) => new(InitialSource.Npy, "", GivenTime(reader), InitialVariables.Files(reader))
    {
        Grid = GridReader.Grid(reader),
        Regrid = GridReader.Regrid(reader),
    };

    private static InitialSpec Zarr(SettingReader reader)
    {
        const string expected = "an object that names the store's variable for each of the model's, such as { u = u, v = v }";
        return new InitialSpec(InitialSource.Zarr, SpecPaths.InputStore(reader, "initial.path"), null,
            InitialVariables.Named(reader, expected))
        {
            Member = reader.Integer("initial.member", 0, 0, int.MaxValue, "which member of the store"),
            LeadTime = reader.Read<TimeSpan?>("initial.lead-time", null, false,
                "a lead time of the store with its unit, such as 120h, or 0h for its own initial condition", TryLeadTime),
            Regrid = GridReader.Regrid(reader),
        };
    }

    private static InitialSpec Analytic(SettingReader reader)
    {
        var name = reader.Text("initial.case", "", true, $"one of {string.Join(", ", AnalyticFlows.Names)}", AnalyticFlows.Names.Contains);
        return new InitialSpec(InitialSource.Analytic, "", GivenTime(reader), InitialVariables.OfFlow(reader, name))
        {
            Case = name,
            Grid = GridReader.Grid(reader),
            Regrid = GridReader.Regrid(reader),
        };
    }

    private static InitialSpec Noise(SettingReader reader)
    {
        var noise = InitialVariables.Noise(reader);
        return new InitialSpec(InitialSource.Random, "", GivenTime(reader), [.. noise.Select(n => new InitialVariable(n.Name, ""))])
        {
            Noise = [.. noise.Select(n => n.Noise)],
            Seed = reader.Read("initial.seed", 0L, false, "a whole number that fits 64 bits with sign",
                (HoconScalar scalar, out long value) => scalar.TryInt64(out value)),
            Grid = GridReader.Grid(reader),
            Regrid = GridReader.Regrid(reader),
        };
    }

    private static InitialTime GivenTime(SettingReader reader) => new(
        reader.Text("initial.time", TimeOfCases, false, "a time such as \"2000-01-01\" or \"2000-01-01T12:00:00Z\"", IsTime), null);

    private static bool TryLeadTime(HoconScalar scalar, out TimeSpan? leadTime)
    {
        var good = scalar.TryDuration(out var value, unitRequired: true) && value >= TimeSpan.Zero;
        leadTime = value;
        return good;
    }

    private static bool TryTime(HoconScalar scalar, out InitialTime? time)
    {
        if (scalar.Kind == HoconScalarKind.Number)
        {
            var isIndex = scalar.TryInt64(out var index) && index is >= 0 and <= int.MaxValue;
            time = isIndex ? new InitialTime(null, (int)index) : null;
            return isIndex;
        }

        time = new InitialTime(scalar.Text, null);
        return IsTime(scalar.Text);
    }

    // Only ranges that hold in every calendar are checked: a model's calendar may well have a 30th of February.
    private static bool IsTime(string text)
    {
        var match = TimePattern().Match(text);
        return match.Success
            && Number("month") is >= 1 and <= 12
            && Number("day") is >= 1 and <= 31
            && Number("hour") <= 23
            && Number("minute") <= 59
            && Number("second") <= 59;

        int Number(string group)
            => match.Groups[group] is { Success: true } found
                ? int.Parse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
                : 0;
    }

    [GeneratedRegex(
        @"\A[0-9]{4}-(?<month>[0-9]{2})-(?<day>[0-9]{2})" +
        @"([T ](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2})(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TimePattern();
}
