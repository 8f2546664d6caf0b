namespace Cairn.Engine.Tests.Pictures;

public sealed class PictureScoresTests
{
    private const int Seed = 5;
    private static readonly VerificationRequest Asked = new("/far/away/analyses.nc", [new InitialVariable("u", "u10m")]);

    [Fact]
    public void Scores_beside_the_store_are_on_the_page_by_lead_time()
    {
        using var store = Store();
        var before = CommittedPicture.Open(PictureStore.Files, store.Store.Path).Mark;
        Assert.Null(store.Draw().Facts["scores"]);
        Write(store, store.Layout);

        var scores = store.Draw().Facts["scores"]!;
        Assert.Equal(["0 h", "12 h"], scores["leadTexts"]!.AsArray().Select(text => $"{text}"));
        Assert.Equal("analyses.nc", $"{scores["truth"]}");
        Assert.Equal(["u"], scores["variables"]!.AsObject().Select(v => v.Key));
        Assert.Equal([1.5, 2.5], Numbers(scores["variables"]!["u"]!["rmse"]));
        Assert.Equal([null, 0.5], Numbers(scores["variables"]!["u"]!["spread_skill"]));
        Assert.Equal([0.25, 0.5, 0.25, 0.25, 0.5, 0.25], Numbers(scores["variables"]!["u"]!["rank_histogram"]));
        Assert.NotEqual(before, CommittedPicture.Open(PictureStore.Files, store.Store.Path).Mark);
    }

    [Fact]
    public void Scores_of_other_fields_are_not_shown_and_the_page_says_so()
    {
        using var store = Store();
        Write(store, store.Layout with { Provenance = Of("another") });
        Assert.Null(store.Draw().Facts["scores"]);
        Assert.StartsWith("verification.nc holds scores of other fields", store.Draw().Texts("thinned")[0], StringComparison.Ordinal);

        File.WriteAllText(PicturePaths.Scores(store.Store.Path), "no scores");
        Assert.Contains("The scores in verification.nc cannot be shown", store.Draw().Texts("thinned")[0], StringComparison.Ordinal);
    }

    private static PictureStore Store() => new PictureStore(
        PictureStore.Grid(2, 4, [-30, 0, 30], [0, 90, 180, 270]) with { Provenance = Of("this") }, Seed).Fill();

    private static Provenance Of(string digest) => Provenance.Of(new Dictionary<string, string?> { ["spec_digest"] = digest });

    private static void Write(PictureStore store, FieldLayout layout)
    {
        FieldScores Scores(double rmse, double ratio) => new(0, rmse, 1, 1, 1, ratio, null, [0.25, 0.5, 0.25]);
        var scored = layout with { LeadTimes = [layout.LeadTimes[0], layout.LeadTimes[2]] };
        var verified = new VerifiedForecast(
            scored, new Dictionary<string, IReadOnlyList<FieldScores>> { ["u"] = [Scores(1.5, double.PositiveInfinity), Scores(2.5, 0.5)] },
            [], null);
        VerificationFile.Write(PictureStore.Files, PicturePaths.Scores(store.Store.Path), verified, Asked);
    }

    private static double?[] Numbers(JsonNode? array) => [.. array!.AsArray().Select(value => value?.GetValue<double>())];
}
