namespace Cairn.Engine.Verification;

/// <summary>How far an ensemble's forecast of one field is from the truth, over an area. Pure.</summary>
/// <param name="Bias">Mean of ensemble mean less truth, in the field's unit.</param>
/// <param name="Rmse">Root of the mean squared difference of ensemble mean and truth.</param>
/// <param name="Crps">
/// Continuous ranked probability score of the members' empirical distribution (Gneiting and Raftery 2007, J. Am. Stat. Assoc. 102, eq. 21);
/// of one member its mean absolute error.
/// </param>
/// <param name="FairCrps">
/// The same as an ensemble of any size would have it on average (Ferro 2014, Q. J. R. Meteorol. Soc. 140, 1917-1923); null for one member.
/// </param>
/// <param name="Spread">Root of the mean variance of the members, by n - 1; null for one member.</param>
/// <param name="SpreadSkill">
/// Spread over RMSE, times the root of (n + 1) / n: 1 for members that the truth might be one of (Fortin and others 2014, J. Hydrometeorol.
/// 15, 1708-1713); null for one member.
/// </param>
/// <param name="Acc">
/// Correlation of the anomalies of ensemble mean and truth, about a climatology and not centred (Wilks 2011, eq. 8.67); null without one.
/// </param>
/// <param name="Ranks">
/// Share of the area in which so many members are below the truth, from none to all; members that equal it share the place among them.
/// </param>
public sealed record FieldScores(
    double Bias, double Rmse, double Crps, double? FairCrps, double? Spread, double? SpreadSkill, double? Acc, IReadOnlyList<double> Ranks)
{
    /// <summary>Root of the mean squared difference of climatology and truth: what a forecast of the climatology would have; null without
    /// one.</summary>
    public double? ClimatologyRmse { get; init; }

    /// <summary>Root of the mean squared difference of a member and the truth, over all members: that of their mean, and their variance
    /// about it. Null for one member.</summary>
    public double? MemberRmse => Spread is { } spread
        ? Math.Sqrt((Rmse * Rmse) + (spread * spread * (Ranks.Count - 2) / (Ranks.Count - 1)))
        : null;

    /// <summary>Scores a field.</summary>
    /// <param name="members">The values of each member, all of one length.</param>
    /// <param name="truth">What they are held against, at the same points.</param>
    /// <param name="climatology">What anomalies are from, at the same points; null for none.</param>
    /// <param name="weights">What each point counts for; they sum to 1.</param>
    public static FieldScores Of(
        IReadOnlyList<ReadOnlyMemory<double>> members, ReadOnlySpan<double> truth, ReadOnlySpan<double> climatology,
        ReadOnlySpan<double> weights)
    {
        var (count, sums) = (members.Count, new Sums());
        var ranks = new double[count + 1];
        var ordered = new double[count];
        for (var p = 0; p < truth.Length; p++)
        {
            for (var m = 0; m < count; m++)
                ordered[m] = members[m].Span[p];
            Array.Sort(ordered);
            sums.Add(ordered, truth[p], weights[p]);
            Rank(ordered, truth[p], weights[p], ranks);
            if (climatology.Length > 0)
                sums.AddAnomalies(Mean(ordered) - climatology[p], truth[p] - climatology[p], weights[p]);
        }
        return sums.Scores(count, climatology.Length > 0, ranks);
    }

    /// <summary>The mean over forecasts from several initial times. Of the RMSE and the spread the squares are averaged, as within a field;
    /// their ratio follows from these means.</summary>
    /// <param name="scores">The scores of each forecast, of ensembles of one size.</param>
    public static FieldScores Mean(IReadOnlyList<FieldScores> scores)
    {
        if (scores is [var only])
            return only;
        var n = scores[0].Ranks.Count - 1.0;
        var rmse = Math.Sqrt(scores.Average(s => s.Rmse * s.Rmse));
        var spread = Root(scores.Average(s => s.Spread * s.Spread));
        return new FieldScores(
            scores.Average(s => s.Bias), rmse, scores.Average(s => s.Crps), scores.Average(s => s.FairCrps), spread,
            spread * Math.Sqrt((n + 1) / n) / rmse, scores.Average(s => s.Acc),
            [.. Enumerable.Range(0, scores[0].Ranks.Count).Select(rank => scores.Average(s => s.Ranks[rank]))])
        {
            ClimatologyRmse = Root(scores.Average(s => s.ClimatologyRmse * s.ClimatologyRmse)),
        };
    }

    private static double? Root(double? square) => square is { } known ? Math.Sqrt(known) : null;

    private static double Mean(double[] values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }

    private static void Rank(double[] ordered, double truth, double weight, double[] ranks)
    {
        var (below, equal) = (0, 0);
        foreach (var value in ordered)
        {
            below += value < truth ? 1 : 0;
            equal += value == truth ? 1 : 0;
        }
        for (var place = below; place <= below + equal; place++)
            ranks[place] += weight / (equal + 1);
    }

    /// <summary>Weighted sums over the points of an area.</summary>
    private sealed class Sums
    {
        private double _difference, _square, _distance, _apart, _variance, _product, _forecast, _truth;

        public void Add(double[] ordered, double truth, double weight)
        {
            var (count, mean) = (ordered.Length, Mean(ordered));
            var (distance, apart, variance) = (0.0, 0.0, 0.0);
            for (var k = 0; k < count; k++)
            {
                distance += Math.Abs(ordered[k] - truth);
                // The sum of all differences between two members: each is added as often as it is the greater, less as often as not.
                apart += ((2 * k) - count + 1) * ordered[k];
                variance += (ordered[k] - mean) * (ordered[k] - mean);
            }
            _difference += weight * (mean - truth);
            _square += weight * (mean - truth) * (mean - truth);
            _distance += weight * distance / count;
            _apart += weight * apart;
            _variance += weight * variance;
        }

        public void AddAnomalies(double forecast, double truth, double weight)
        {
            _product += weight * forecast * truth;
            _forecast += weight * forecast * forecast;
            _truth += weight * truth * truth;
        }

        public FieldScores Scores(int count, bool hasClimatology, double[] ranks)
        {
            var (n, rmse) = ((double)count, Math.Sqrt(_square));
            double? spread = count > 1 ? Math.Sqrt(_variance / (n - 1)) : null;
            return new(
                _difference, rmse, _distance - (_apart / (n * n)), count > 1 ? _distance - (_apart / (n * (n - 1))) : null, spread,
                spread * Math.Sqrt((n + 1) / n) / rmse, hasClimatology ? _product / Math.Sqrt(_forecast * _truth) : null, ranks)
            {
                ClimatologyRmse = hasClimatology ? Math.Sqrt(_truth) : null,
            };
        }
    }
}
