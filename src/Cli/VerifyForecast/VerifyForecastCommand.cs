using System.CommandLine;
using System.Globalization;
using Cairn.Cli.Status;
using Cairn.Cli.Tables;
using Cairn.Engine.Pictures;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Engine.Stores;
using Cairn.Engine.Verification;
using Cairn.Storage.Durable;
using Cairn.Storage.Fields;
using Cairn.Storage.Words;

namespace Cairn.Cli.VerifyForecast;

/// <summary><c>cairn verify-forecast RUN --truth PATH</c>: scores a run against analyses, by lead time.</summary>
internal static class VerifyForecastCommand
{
    private static readonly Argument<string> Run = new("RUN")
    {
        Description = "The run's checkpoint folder (checkpoint.path in its spec), or a folder that holds it.",
    };

    private static readonly Option<string> Truth = new("--truth")
    {
        Description = "A NetCDF file of analyses, or the field store of another run.", HelpName = "PATH", Required = true,
    };

    private static readonly Option<string[]> Variables = new("--variable")
    {
        Description = "A variable of the run and its name in the truth; may be repeated. By default those of the initial condition, "
            + "or those that both runs have.",
        HelpName = "NAME=TRUTH",
    };

    private static readonly Option<string?> Climatology = new("--climatology")
    {
        Description = "A NetCDF file with the truth's names, of one time or of the times of a year: the climatology for anomalies.",
        HelpName = "PATH",
    };

    private static readonly Option<int> Member = new("--member")
    {
        Description = "Which member of a field store is the truth.", HelpName = "N",
    };

    private static readonly Option<string> Regrid = new("--regrid")
    {
        Description = "How a truth on another grid is regridded to the run's: bilinear, nearest or conservative.", HelpName = "METHOD",
        DefaultValueFactory = _ => "bilinear",
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The NetCDF file to write; by default verification.nc beside the run's field store, from where forecast.html has it.",
        HelpName = "FILE",
    };

    private static readonly JsonOption Json = new();

    public static Command Build()
    {
        const string what = "Score a run against analyses by lead time: bias, RMSE, CRPS, spread, rank histogram, ACC.";
        var command = new Command("verify-forecast", what)
        {
            Run, Truth, Variables, Climatology, Member, Regrid, Output,
        };
        Json.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = RunFolders.Require(parsed.GetRequiredValue(Run));
            var files = new PosixFiles();
            var record = RunRecord.Read(Path.Combine(folder, RunRecord.FileName));
            var spec = record.Spec;
            var store = RunOutputs.Store(record, folder, files)
                ?? throw new SpecException($"The run {spec.Name} writes no fields (output.kind = none).");
            var forecast = FieldStoreKinds.Open(files, store);
            var request = Request(parsed, spec, forecast.Layout);
            var verified = ForecastVerification.Of(forecast, request);
            var target = Path.GetFullPath(parsed.GetValue(Output) ?? PicturePaths.Scores(store));
            VerificationFile.Write(files, target, verified, request);
            // The page shows the scores that are beside the store.
            var drawn = target == PicturePaths.Scores(store) && RunOutputs.Picture(record, folder) is { } picture
                ? ForecastPicture.Draw(files, store, picture, PictureCaption.Of(spec)).Path
                : null;
            if (Json.IsIn(parsed))
                JsonOption.Write(parsed.InvocationConfiguration.Output, Document(verified, request, target, drawn));
            else
                parsed.InvocationConfiguration.Output.Write(Text(verified, request, target) + (drawn is null ? "" : $"drew {drawn}\n"));

            return ExitCodes.Done;
        });
        return command;
    }

    private static VerificationRequest Request(ParseResult parsed, RunSpec spec, FieldLayout layout)
    {
        var method = parsed.GetValue(Regrid)!;
        if (!Enum.TryParse<RegridMethod>(method, ignoreCase: true, out var known) || !Enum.IsDefined(known) || char.IsDigit(method[0]))
            throw new SpecException($"--regrid {method} is not a method; expected bilinear, nearest or conservative.");

        var truth = Path.GetFullPath(parsed.GetValue(Truth)!);
        var asked = parsed.GetValue(Variables) ?? [];
        var variables = asked.Length == 0 && FieldStoreKinds.IsStore(truth) ? Common(layout, truth) : Wanted(asked, spec);
        return new VerificationRequest(truth, variables)
        {
            Climatology = parsed.GetValue(Climatology) is { } path ? Path.GetFullPath(path) : null,
            Member = parsed.GetValue(Member),
            Method = known,
        };
    }

    /// <summary>Two runs name the same variable alike, whatever their input files call it.</summary>
    private static List<InitialVariable> Common(FieldLayout layout, string truth)
    {
        var others = FieldStoreKinds.Open(new PosixFiles(), truth).Layout.Variables.Select(v => v.Name).ToList();
        var own = layout.Variables.Select(v => v.Name).ToList();
        return own.Intersect(others).Select(name => new InitialVariable(name, name)).ToList() is { Count: > 0 } common
            ? common
            : throw new SpecException($"{truth} has the variables {string.Join(", ", others)}, and the run {string.Join(", ", own)}; "
                + "expected a common one. Name pairs: --variable NAME=TRUTH.");
    }

    private static List<InitialVariable> Wanted(string[] asked, RunSpec spec)
    {
        if (asked.Length == 0)
        {
            var written = spec.Initial.Variables.Where(v => v.FileVariable.Length > 0 && IsWritten(v.Name, spec)).ToList();
            return InitialSources.HasTimes(spec.Initial) && written.Count > 0 ? written
                : throw new SpecException("Name the variables: --variable NAME=TRUTH, such as u=u10m. The run's initial condition has no "
                    + "file names for the variables that the run writes.");
        }

        return [.. asked.Select(text => text.Split('=') is [{ Length: > 0 } name, { Length: > 0 } truth]
            ? new InitialVariable(name, truth)
            : throw new SpecException($"--variable {text} is invalid; expected NAME=TRUTH, such as u=u10m."))];
    }

    private static bool IsWritten(string name, RunSpec spec) => spec.Output.Variables is not { Count: > 0 } some || some.Contains(name);

    private static object Document(VerifiedForecast verified, VerificationRequest request, string target, string? picture) => new
    {
        Verification = target,
        Picture = picture,
        request.Truth,
        Regridded = verified.TruthGrid is null ? null : request.Method.ToString().ToLowerInvariant(),
        Scores = verified.Scores.SelectMany(of => of.Value.Select((score, i) => new
        {
            Variable = of.Key, LeadTime = JsonOption.Duration(verified.Layout.LeadTimes[i]), Cases = verified.Cases?[i] ?? 1,
            Bias = Known(score.Bias), Rmse = Known(score.Rmse), Crps = Known(score.Crps), CrpsFair = Known(score.FairCrps),
            Spread = Known(score.Spread), SpreadSkill = Known(score.SpreadSkill), Acc = Known(score.Acc),
            ClimatologyRmse = Known(score.ClimatologyRmse),
            Ranks = score.Ranks.Select(rank => Known(rank)),
        })),
        WithoutTruth = verified.WithoutTruth.Select(time => JsonOption.Duration(time)),
        TimesWithoutTruth = verified.TimesWithoutTruth.Select(time => $"{time}"),
    };

    /// <summary>JSON has no NaN.</summary>
    private static double? Known(double? value) => value is { } known && double.IsFinite(known) ? known : null;

    private static string Text(VerifiedForecast verified, VerificationRequest request, string target)
    {
        string[] ofClimatology = request.Climatology is null ? [] : ["rmse of climatology"];
        var table = new TextTable(["variable", "lead time", "bias", "rmse", "crps", "spread", "spread/skill", "acc", .. ofClimatology]);
        foreach (var (variable, scores) in verified.Scores)
        {
            foreach (var (leadTime, score) in verified.Layout.LeadTimes.Zip(scores))
            {
                table.Add([
                    variable, LeadTimeText.Of(leadTime), Number(score.Bias), Number(score.Rmse), Number(score.Crps), Number(score.Spread),
                    Number(score.SpreadSkill), Number(score.Acc), .. ofClimatology.Select(_ => Number(score.ClimatologyRmse)),
                ]);
            }
        }

        List<string> lines = [$"{table}"];
        if (verified.TruthGrid is { } grid)
            lines.Add($"truth regridded from {grid} points to the run's, {request.Method.ToString().ToLowerInvariant()}");

        if (verified.Cases is { } cases)
            lines.Add($"means over the initial times with truth, {Cases(cases)} at each lead time");

        if (verified.TimesWithoutTruth is { Count: > 0 } times)
            lines.Add($"warning: no truth for {Count.Of(times.Count, "initial time")}, from {times[0]} to {times[^1]}");

        if (verified.WithoutTruth is { Count: > 0 } missing)
        {
            var range = $"from {LeadTimeText.Of(missing[0])} to {LeadTimeText.Of(missing[^1])}";
            lines.Add($"warning: no truth for {Count.Of(missing.Count, "lead time")}, {range}");
        }

        return $"{string.Join('\n', lines)}\nwrote {target}\n";
    }

    private static string Cases(IReadOnlyList<int> cases) => cases.Min() == cases.Max()
        ? string.Create(CultureInfo.InvariantCulture, $"{cases[0]}")
        : string.Create(CultureInfo.InvariantCulture, $"{cases.Min()} to {cases.Max()}");

    private static string Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "-";
}
