namespace Cairn.Engine.Sources.Regridding;

/// <summary>What one row or column of a grid stands for.</summary>
/// <param name="From">Its southern or western edge, degrees.</param>
/// <param name="To">Its northern or eastern edge, degrees.</param>
/// <param name="Index">Its place in the grid's own order.</param>
internal readonly record struct GridCell(double From, double To, int Index);

/// <summary>A row or column as a point.</summary>
/// <param name="At">Degrees.</param>
/// <param name="Index">Its place in the grid's own order.</param>
internal readonly record struct GridPoint(double At, int Index);
