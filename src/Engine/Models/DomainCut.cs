namespace Cairn.Engine.Models;

/// <summary>Cuts a model for the ranks of a gang, or says why that cannot be done.</summary>
public static class DomainCut
{
    /// <summary>The kinds of model that can be cut.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. ModelKinds.All.Where(kind => kind.CanBeCut).Select(kind => kind.Word)];

    /// <summary>Checks beforehand what <see cref="Of"/> would refuse.</summary>
    /// <exception cref="SpecException">The model cannot be cut, or not for so many ranks.</exception>
    public static void Require(IPrognosticModel model, int ranks) => Cuttable(model, ranks);

    /// <summary>The part of a communicator's rank; see <see cref="ICuttableModel.Cut"/>.</summary>
    /// <exception cref="SpecException">The model cannot be cut, or not for so many ranks.</exception>
    public static IRankModel Of(IPrognosticModel model, ICommunicator ranks) => Cuttable(model, ranks.Size).Cut(ranks);

    /// <summary>What a model's own <see cref="ICuttableModel.Cut"/> begins with.</summary>
    internal static void RequireRanks(ICuttableModel model, int ranks)
    {
        if (ranks < 1 || ranks > model.MostRanks)
            throw new SpecException($"The {model.Description.Kind} model on a grid of {model.Description.OutputGrid} points was to be cut "
                + $"for {ranks} ranks; expected 1 to {model.MostRanks}, or parts would be too thin. Set a smaller ranks.count.");
    }

    /// <summary>Checks that a model whose ranks exchange host memory is stepped there.</summary>
    internal static void RequireHost(ICuttableModel model)
    {
        if (model.Description.Device.IsCuda())
            throw new SpecException($"The {model.Description.Kind} model on {model.Description.Device} cannot be cut for ranks, which "
                + "exchange their halos in the CPU's memory. Use model.device = cpu, or ranks.count = 1.");
    }

    private static ICuttableModel Cuttable(IPrognosticModel model, int ranks)
    {
        if (model is ICuttableModel cuttable)
        {
            RequireRanks(cuttable, ranks);
            return cuttable;
        }
        var kind = model.Description.Kind;
        var why = model is DiagnosedModel && Kinds.Contains(kind)
            ? $"The {kind} model cannot be cut for {ranks} ranks while diagnostics derive fields from the whole domain"
            : $"The {kind} model cannot be cut for {ranks} ranks; {string.Join(", ", Kinds)} can";
        throw new SpecException($"{why}. Set ranks.count = 1{(model is DiagnosedModel ? ", or take the diagnostics out" : "")}.");
    }
}
