namespace Cairn.Engine.Torch;

/// <summary>Smallest and largest of some values; both NaN if any of them is.</summary>
public readonly record struct ValueRange(double Min, double Max)
{
    /// <summary>Whether all of the values are finite numbers. Of no values, all are.</summary>
    public bool IsFinite => Min > Max || (double.IsFinite(Min) && double.IsFinite(Max));
}
