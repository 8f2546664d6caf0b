using Cairn.Engine.Models.Diagnostics;
using Cairn.Storage.NetCdf;

namespace Cairn.Engine.Models;

/// <summary>A model that is told the time of its initial condition.</summary>
public interface IDatedModel : IPrognosticModel
{
    /// <summary>
    /// The same model from another initial time. It uses this one, which has to outlive it, and owns nothing.
    /// </summary>
    IPrognosticModel From(CfTime initial);
}

/// <summary>Models of runs of several initial times.</summary>
internal static class DatedModels
{
    /// <summary>A model from an initial time: itself, unless it is told the time. What comes is the model's own, which has to outlive it.
    /// </summary>
    public static IPrognosticModel At(this IPrognosticModel model, CfTime initial) => model switch
    {
        IDatedModel dated => dated.From(initial),
        DiagnosedModel { Prognostic: IDatedModel dated } diagnosed =>
            new DiagnosedModel(dated.From(initial), diagnosed.Diagnostics, leaveOpen: true),
        _ => model,
    };
}
