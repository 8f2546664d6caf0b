using Cairn.Engine.Models.Diagnostics;
using Cairn.Engine.Models.Lorenz96;
using Cairn.Engine.Tests.Rollouts;

namespace Cairn.Engine.Tests.Ranks;

/// <summary>What cannot be cut is refused, with what can.</summary>
public sealed class DomainCutTests
{
    [Fact]
    public void More_ranks_than_rows_are_refused()
    {
        using var model = new ShallowWaterModel(new ShallowWaterOptions { Plane = new ShallowWaterPlane { Rows = 5 } });

        var error = Assert.Throws<SpecException>(() => DomainCut.Require(model, 6));
        DomainCut.Require(model, 5);

        Assert.Contains("6 ranks; expected 1 to 5", error.Message, StringComparison.Ordinal);
        Assert.Throws<SpecException>(() => model.Cut(InProcessGang.Create(6).Ranks[0]));
    }

    [Fact]
    public void An_arc_of_one_variable_is_too_thin()
    {
        using var model = new Lorenz96Model(new Lorenz96Options { Size = 9 });

        DomainCut.Require(model, 4);
        Assert.Throws<SpecException>(() => DomainCut.Require(model, 5));
    }

    [Fact]
    public void A_model_that_cannot_be_cut_is_refused_with_those_that_can()
    {
        using var model = new StandInModel();

        var error = Assert.Throws<SpecException>(() => DomainCut.Require(model, 2));

        Assert.Contains("persistence, shallow-water, lorenz96, mesh can", error.Message, StringComparison.Ordinal);
        Assert.Contains("ranks.count = 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_diagnostics_is_refused_with_the_reason()
    {
        using var model = new DiagnosedModel(new ShallowWaterModel(new ShallowWaterOptions()), []);

        var error = Assert.Throws<SpecException>(() => DomainCut.Of(model, new SoloCommunicator()));

        Assert.Contains("diagnostics", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kinds_that_are_told_are_those_that_can_be_cut()
    {
        foreach (var kind in DomainCut.Kinds)
        {
            using var model = CutModels.Make(kind, ScalarType.Float64, seed: 1);
            Assert.Equal(kind, model.Description.Kind);
        }
        var cuttable = typeof(ICuttableModel).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(ICuttableModel)));
        Assert.Equal(DomainCut.Kinds.Count, cuttable.Count());
    }
}
