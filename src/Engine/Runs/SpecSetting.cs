namespace Cairn.Engine.Runs;

/// <summary>One setting that a spec may have.</summary>
/// <param name="Key">Its dotted key.</param>
/// <param name="IsMap">Whether its keys are names of the user's choice, as under <c>initial.variables</c>.</param>
/// <param name="Chooser">The setting that decides whether this one belongs, or null when it always does.</param>
/// <param name="Choice">The values of <paramref name="Chooser"/> that this setting belongs to, with <c>|</c> between them.</param>
public sealed record SpecSetting(string Key, bool IsMap = false, string? Chooser = null, string? Choice = null)
{
    private const string Bred = "bred-vector|hemispheric-centred-bred-vector";
    private const string Spectral = "barotropic|spherical-shallow-water";
    private const string Gridless = "npy|analytic|random";
    private const string Regridded = "netcdf|zarr|" + Gridless;
    private const string Noisy = "gaussian|spherical-gaussian|correlated-spherical-gaussian|brown|" + Bred;

    /// <summary>The values of the chooser that this setting belongs to.</summary>
    public IReadOnlyList<string> Choices => Choice?.Split('|') ?? [];

    /// <summary>Every setting that the reader knows, in the order of the records. <c>hocon/reference.conf</c> lists the same.</summary>
    public static IReadOnlyList<SpecSetting> All { get; } =
    [
        new("name"),
        new("model.kind"),
        new("model.step"),
        new("model.device"),
        new("model.dtype"),
        new("model.threads"),
        new("model.path", Chooser: "model.kind", Choice: "torchscript"),
        new("model.variables", Chooser: "model.kind", Choice: "torchscript"),
        new("model.outputs", Chooser: "model.kind", Choice: "torchscript"),
        new("model.truncation", Chooser: "model.kind", Choice: Spectral),
        new("model.diffusion.order", Chooser: "model.kind", Choice: Spectral),
        new("model.diffusion.time-scale", Chooser: "model.kind", Choice: Spectral),
        new("model.mean-height", Chooser: "model.kind", Choice: "spherical-shallow-water"),
        new("model.tilt", Chooser: "model.kind", Choice: "spherical-shallow-water"),
        new("model.nx", Chooser: "model.kind", Choice: "shallow-water"),
        new("model.ny", Chooser: "model.kind", Choice: "shallow-water"),
        new("model.dx", Chooser: "model.kind", Choice: "shallow-water"),
        new("model.dy", Chooser: "model.kind", Choice: "shallow-water"),
        new("model.scheme", Chooser: "model.kind", Choice: "shallow-water"),
        new("model.filter", Chooser: "model.kind", Choice: "shallow-water"),
        new("model.coriolis", Chooser: "model.kind", Choice: "shallow-water"),
        new("model.mean-geopotential", Chooser: "model.kind", Choice: "shallow-water"),
        new("model.size", Chooser: "model.kind", Choice: "lorenz96"),
        new("model.forcing", Chooser: "model.kind", Choice: "lorenz96"),
        new("model.bounds", IsMap: true),
        new("diagnostics"),
        new("initial.source"),
        new("initial.path", Chooser: "initial.source", Choice: "netcdf|zarr"),
        new("initial.case", Chooser: "initial.source", Choice: "model|analytic"),
        new("initial.time", Chooser: "initial.source", Choice: "netcdf|model|npy|analytic|random"),
        new("initial.lead-time", Chooser: "initial.source", Choice: "zarr"),
        new("initial.member", Chooser: "initial.source", Choice: "zarr"),
        new("initial.seed", Chooser: "initial.source", Choice: "random"),
        new("initial.variables", IsMap: true, Chooser: "initial.source", Choice: "netcdf|npy|zarr|analytic|random"),
        new("initial.grid.latitude", Chooser: "initial.source", Choice: Gridless),
        new("initial.grid.longitude", Chooser: "initial.source", Choice: Gridless),
        new("initial.regrid.latitude", Chooser: "initial.source", Choice: Regridded),
        new("initial.regrid.longitude", Chooser: "initial.source", Choice: Regridded),
        new("initial.regrid.method", Chooser: "initial.source", Choice: Regridded),
        new("lead-times.every"),
        new("lead-times.count"),
        new("ensemble.size"),
        new("ensemble.batch-size"),
        new("ensemble.seed"),
        new("ensemble.perturbation.kind"),
        new("ensemble.perturbation.amplitude", IsMap: true, Chooser: "ensemble.perturbation.kind", Choice: Noisy),
        new("ensemble.perturbation.variables", Chooser: "ensemble.perturbation.kind", Choice: Noisy),
        new("ensemble.perturbation.reddening", Chooser: "ensemble.perturbation.kind", Choice: "brown"),
        new("ensemble.perturbation.smoothness", Chooser: "ensemble.perturbation.kind", Choice: "spherical-gaussian"),
        new("ensemble.perturbation.inverse-length", Chooser: "ensemble.perturbation.kind", Choice: "spherical-gaussian"),
        new("ensemble.perturbation.length-scale-km", Chooser: "ensemble.perturbation.kind", Choice: "correlated-spherical-gaussian"),
        new("ensemble.perturbation.cycles", Chooser: "ensemble.perturbation.kind", Choice: Bred),
        new("ensemble.perturbation.spacing", Chooser: "ensemble.perturbation.kind", Choice: Bred),
        new("ensemble.perturbation.seeding.kind", Chooser: "ensemble.perturbation.kind", Choice: Bred),
        new("ensemble.perturbation.seeding.reddening", Chooser: "ensemble.perturbation.seeding.kind", Choice: "brown"),
        new("ensemble.perturbation.seeding.smoothness", Chooser: "ensemble.perturbation.seeding.kind", Choice: "spherical-gaussian"),
        new("ensemble.perturbation.seeding.inverse-length", Chooser: "ensemble.perturbation.seeding.kind", Choice: "spherical-gaussian"),
        new("ensemble.perturbation.seeding.length-scale-km",
            Chooser: "ensemble.perturbation.seeding.kind", Choice: "correlated-spherical-gaussian"),
        new("ensemble.perturbation.lags", Chooser: "ensemble.perturbation.kind", Choice: "lagged-ensemble"),
        new("ranks.count"),
        new("ranks.launcher"),
        new("ranks.command", Chooser: "ranks.launcher", Choice: "mpi"),
        new("checkpoint.path"),
        new("checkpoint.mode"),
        new("checkpoint.flush-interval"),
        new("checkpoint.history-size", Chooser: "checkpoint.mode", Choice: "append"),
        new("checkpoint.level"),
        new("checkpoint.durability"),
        new("checkpoint.on-fingerprint-change"),
        new("checkpoint.verify-resume"),
        new("output.kind"),
        new("output.path", Chooser: "output.kind", Choice: "zarr"),
        new("output.variables", Chooser: "output.kind", Choice: "zarr"),
        new("output.every", Chooser: "output.kind", Choice: "zarr"),
        new("output.lead-times-per-chunk", Chooser: "output.kind", Choice: "zarr"),
        new("output.compression", Chooser: "output.kind", Choice: "zarr"),
        new("output.picture", Chooser: "output.kind", Choice: "zarr"),
        new("output.box.latitude", Chooser: "output.kind", Choice: "zarr"),
        new("output.box.longitude", Chooser: "output.kind", Choice: "zarr"),
        new("output.netcdf", Chooser: "output.kind", Choice: "zarr"),
        new("output.statistics.path", Chooser: "output.kind", Choice: "zarr"),
        new("output.statistics.quantiles", Chooser: "output.kind", Choice: "zarr"),
        new("output.keep-members", Chooser: "output.kind", Choice: "zarr"),
        new("supervision.max-restarts"),
        new("supervision.first-pause"),
        new("supervision.longest-pause"),
        new("supervision.on-failure"),
        new("supervision.boundary-deadline"),
        new("supervision.commit-deadline"),
        new("supervision.commit-retries"),
        new("supervision.quarantine-after"),
        new("rehearsal"),
        new("node.slots"),
        new("node.wall-clock-limit"),
        new("node.wall-clock-margin"),
    ];
}
