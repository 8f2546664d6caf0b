namespace Cairn.Engine.Models;

/// <summary>Closed interval of values that a variable may physically take, in the variable's own unit.</summary>
public readonly record struct FieldBounds(double Min, double Max)
{
    public bool Contains(double min, double max) => min >= Min && max <= Max;
}
