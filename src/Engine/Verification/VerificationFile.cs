using Cairn.Storage.Derived;

namespace Cairn.Engine.Verification;

/// <summary>The scores of a run as a NetCDF file: <c>u_rmse(time)</c> and so on, and <c>u_rank_histogram(time, rank)</c>; of several
/// initial times by <c>forecast_period</c> in place of <c>time</c>, with the number of them in <c>cases</c>.</summary>
public static class VerificationFile
{
    private sealed record Score(string Name, string LongName, bool HasUnits, Func<FieldScores, double?> Of);

    private static readonly IReadOnlyList<Score> All =
    [
        new("bias", "mean of ensemble mean less truth", true, s => s.Bias),
        new("rmse", "root of the mean squared difference of ensemble mean and truth", true, s => s.Rmse),
        new("rmse_member", "root of the mean squared difference of the members and truth", true, s => s.MemberRmse),
        new("rmse_climatology", "root of the mean squared difference of climatology and truth", true, s => s.ClimatologyRmse),
        new("crps", "continuous ranked probability score", true, s => s.Crps),
        new("crps_fair", "continuous ranked probability score of an ensemble of any size", true, s => s.FairCrps),
        new("spread", "root of the mean variance of the members", true, s => s.Spread),
        new("spread_skill", "spread over rmse, times the root of (n + 1) / n", false, s => s.SpreadSkill),
        new("acc", "correlation of the anomalies of ensemble mean and truth", false, s => s.Acc),
    ];

    /// <summary>Writes the file whole; it is durable when this returns.</summary>
    /// <exception cref="TransientException">The disk refused; what was there before is untouched.</exception>
    public static void Write(IDurableFiles files, string path, VerifiedForecast verified, VerificationRequest request)
    {
        List<(string, string)> attributes = [("truth", request.Truth)];
        if (request.Climatology is { } climatology)
            attributes.Add(("climatology", climatology));
        if (verified.TruthGrid is { } grid)
            attributes.Add(("truth_regridding", $"{SpecText.Word(request.Method)} from {grid} points"));
        ScoresFile.Write(
            files, path, verified.Layout, attributes,
            [.. verified.Scores.SelectMany(s => Series(verified, s.Key, s.Value)), .. Cases(verified)], isMean: verified.Cases is not null);
    }

    private static IEnumerable<ScoreSeries> Cases(VerifiedForecast verified) => verified.Cases is { } cases
        ? [new ScoreSeries("cases", "initial times that the scores are the mean of", "1", [.. cases.Select(count => (double)count)])]
        : [];

    private static IEnumerable<ScoreSeries> Series(VerifiedForecast verified, string variable, IReadOnlyList<FieldScores> scores)
    {
        var units = verified.Layout.Variables.First(v => v.Name == variable).Units;
        foreach (var score in All.Where(s => s.Of(scores[0]) is not null))
            yield return new ScoreSeries(
                $"{variable}_{score.Name}", score.LongName, score.HasUnits ? units : "1", [.. scores.Select(s => score.Of(s)!.Value)]);
        yield return new ScoreSeries($"{variable}_rank_histogram", "share of the area by the members that are below the truth", "1",
            [.. scores.SelectMany(s => s.Ranks)])
        {
            PerLeadTime = scores[0].Ranks.Count,
        };
    }
}
