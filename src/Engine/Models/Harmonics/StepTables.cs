namespace Cairn.Engine.Models.Harmonics;

/// <summary>What the time step takes besides a model's tendency.</summary>
internal static class StepTables
{
    /// <param name="shape">Layout of the coefficients.</param>
    /// <param name="step">Length of a step in seconds.</param>
    /// <param name="damping">Damping of the smallest scales, of every field alike.</param>
    /// <param name="fieldAxis">Whether a state is <c>[batch, m, field, part, l]</c>, or of one field without that axis.</param>
    internal static IEnumerable<KeyValuePair<string, Table>> For(SpectralShape shape, double step, Hyperdiffusion? damping, bool fieldAxis)
    {
        var remaining = shape.Fill((_, n) => damping?.Remaining(n, shape.Truncation, step) ?? 1);
        long[] size = fieldAxis ? [shape.Columns, 1, 1, shape.Rows] : [shape.Columns, 1, shape.Rows];
        yield return new("damping", new Table(remaining, size));
        yield return new("half_step", new Table([step / 2]));
        yield return new("whole_step", new Table([step]));
        yield return new("sixth_step", new Table([step / 6]));
    }
}
