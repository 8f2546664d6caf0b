namespace Cairn.Engine.Pictures;

/// <summary>How much there is to show.</summary>
/// <param name="Variables">Number of variables.</param>
/// <param name="Members">The ensemble's size.</param>
/// <param name="LeadTimes">Lead times that at least one member has committed, of the initial time that has most of them.</param>
/// <param name="Rows">The grid's rows.</param>
/// <param name="Columns">The grid's columns.</param>
internal sealed record PictureShape(int Variables, int Members, int LeadTimes, int Rows, int Columns)
{
    /// <summary>Initial times.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Whether the columns are triangles of a mesh, of which none can be left out without leaving a hole.</summary>
    public bool IsMesh { get; init; }
}
