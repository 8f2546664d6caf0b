namespace Cairn.Engine.Pictures;

/// <summary>What a picture says of the run whose fields it shows; a store alone does not know it.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="Facts">What a reader should know of it: a word and what it is, in order.</param>
public sealed record PictureCaption(string Name, IReadOnlyList<(string Word, string Text)> Facts)
{
    /// <summary>The variable that is shown first, or null for the first of the store.</summary>
    public string? First { get; init; }

    /// <summary>What a run's spec says.</summary>
    public static PictureCaption Of(RunSpec spec)
    {
        var end = ReadableTime.Of(spec.LeadTimes.End);
        var every = ReadableTime.Of(spec.LeadTimes.Every);
        return new PictureCaption(spec.Name,
        [
            ("model", $"{spec.Model.Kind}{FileOf(spec.Model)}, step {ReadableTime.Of(spec.Model.Step)}"),
            ("boundaries", FormattableString.Invariant($"{spec.LeadTimes.Count} after lead time zero, every {every}, to {end}")),
            ("perturbation", $"{spec.Ensemble.Perturbation.Kind}, seed {spec.Ensemble.Seed.ToString(CultureInfo.InvariantCulture)}"),
        ])
        {
            First = spec.Output.Variables?[0],
        };
    }

    private static string FileOf(ModelSpec model) => model.Path is { } path ? $" {Path.GetFileName(path)}" : "";
}
