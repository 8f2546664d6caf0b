using System.Text.Json.Serialization;

namespace Cairn.Engine.Rollouts;

/// <summary>Which boundaries a rollout has, which of them write fields, and where those fields lie in the store. Boundary 0 is lead time
/// zero; boundary <c>b</c> lies <c>b * Every</c> after it.</summary>
/// <param name="Every">Lead time between two boundaries.</param>
/// <param name="Count">Boundaries after lead time zero.</param>
/// <param name="StepsPerBoundary">Model steps from one boundary to the next.</param>
/// <param name="OutputEvery">Every k-th boundary writes fields, boundary 0 first.</param>
/// <param name="LeadTimesPerFile">
/// Lead times that are written at once: those of a field chunk, or of a shard of chunks. Journals have it under its first name.
/// </param>
public sealed record BoundarySchedule(
    TimeSpan Every, int Count, int StepsPerBoundary, int OutputEvery = 1,
    [property: JsonPropertyName("leadTimesPerChunk")] int LeadTimesPerFile = 1)
{
    /// <summary>The schedule that a spec asks for.</summary>
    public static BoundarySchedule Of(RunSpec spec)
    {
        var steps = checked((int)spec.StepsPerBoundary);
        return new BoundarySchedule(
            spec.LeadTimes.Every, spec.LeadTimes.Count, steps, spec.Output.Every, spec.Output.Store.LeadTimesPerFile);
    }

    /// <summary>The last boundary.</summary>
    public int Last => Count;

    /// <summary>Lead times that the store holds.</summary>
    public int OutputCount => (Count / OutputEvery) + 1;

    public TimeSpan LeadTime(int boundary) => TimeSpan.FromTicks(checked(Every.Ticks * boundary));

    /// <summary>The boundary at a lead time, or null when none lies there; it may lie after <see cref="Last"/>.</summary>
    public int? BoundaryAt(TimeSpan leadTime)
    {
        var (boundary, rest) = Math.DivRem(leadTime.Ticks, Every.Ticks);
        return rest == 0 && boundary is >= 0 and <= int.MaxValue ? (int)boundary : null;
    }

    /// <summary>True when the fields of this boundary are written.</summary>
    public bool WritesFields(int boundary) => boundary % OutputEvery == 0;

    /// <summary>Position of a boundary's fields on the store's lead-time axis.</summary>
    public int OutputIndex(int boundary) => boundary / OutputEvery;

    /// <summary>Position within its chunk of the fields at an output index.</summary>
    public int SlotInChunk(int outputIndex) => outputIndex % LeadTimesPerFile;

    /// <summary>Outputs written up to and including a boundary.</summary>
    public int OutputsThrough(int boundary) => boundary < 0 ? 0 : (boundary / OutputEvery) + 1;

    /// <summary>
    /// Output indices that an incomplete chunk holds when a rollout restarts after <paramref name="boundary"/>: they are in a chunk that
    /// later boundaries complete, and are needed to write that chunk whole.
    /// </summary>
    public (int First, int Count) OpenChunk(int boundary)
    {
        var done = OutputsThrough(boundary);
        var first = done - (done % LeadTimesPerFile);
        return (first, done - first);
    }
}
