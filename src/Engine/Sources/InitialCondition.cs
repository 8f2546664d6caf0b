namespace Cairn.Engine.Sources;

/// <summary>One state of the atmosphere on a latitude-longitude grid, where a rollout begins.</summary>
/// <param name="Variables">Names, in channel order.</param>
/// <param name="Grid">The grid.</param>
/// <param name="Fields"><c>[variable, latitude, longitude]</c> in C order, in each variable's unit.</param>
/// <param name="Time">The time it stands for; the lead times count from here.</param>
/// <param name="Units">Per variable, its unit in the source, or null.</param>
public sealed record InitialCondition(
    IReadOnlyList<string> Variables, LatLonGrid Grid, double[] Fields, CfTime Time, IReadOnlyDictionary<string, string?> Units)
{
    /// <summary>Some of the fields as a tensor: float64, <c>[variable, latitude, longitude]</c>, on the CPU.</summary>
    /// <exception cref="SpecException">A variable is not there.</exception>
    public Tensor ToTensor(IReadOnlyList<string> variables)
    {
        var size = Grid.Latitudes.Count * Grid.Longitudes.Count;
        var chosen = new double[variables.Count * size];
        for (var i = 0; i < variables.Count; i++)
        {
            var at = Variables.ToList().IndexOf(variables[i]);
            if (at < 0)
                throw new SpecException($"The model needs '{variables[i]}', which the initial condition does not give; it gives "
                    + $"{string.Join(", ", Variables)}. Name it in initial.variables: {variables[i]} = NAME-IN-THE-FILE.");
            Fields.AsSpan(at * size, size).CopyTo(chosen.AsSpan(i * size));
        }
        return Tensors.From(chosen, variables.Count, Grid.Latitudes.Count, Grid.Longitudes.Count);
    }

    /// <summary>The fields of a batch, the same for every member: <c>[batch, variable, latitude, longitude]</c>, as the model takes
    /// them.</summary>
    public Tensor ToBatch(int members, ModelDescription model)
    {
        using var one = ToTensor(model.InputVariables);
        using var batch = stack([.. Enumerable.Repeat(one, members)]);
        return batch.to(model.DType, model.Device);
    }
}
