using Cairn.Engine.Torch;

namespace Cairn.Engine.Models.Diagnostics;

/// <summary>Picks variables out of fields, and puts fields side by side, along the axis of variables.</summary>
internal sealed class FieldChannels : IDisposable
{
    private const string Text = """
        def pick(self, fields: Tensor, places: Tensor) -> Tensor:
            return torch.index_select(fields, 1, places)

        def join(self, fields: Tensor, further: Tensor) -> Tensor:
            return torch.cat([fields, further], 1)
        """;

    private readonly ScriptModule _script = ScriptModule.FromSource(Text, name: "channels");

    /// <summary>Variables at some places, in memory of their own.</summary>
    public Tensor Pick(Tensor fields, Tensor places) => _script.Call("pick", fields, places);

    /// <summary>All variables of the one, then all of the other.</summary>
    public Tensor Join(Tensor fields, Tensor further) => _script.Call("join", fields, further);

    public void Dispose() => _script.Dispose();
}
