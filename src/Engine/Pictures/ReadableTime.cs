namespace Cairn.Engine.Pictures;

/// <summary>Lead times in readable form: not 394470 minutes.</summary>
internal static class ReadableTime
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(20);

    /// <summary>A time by itself: 90 min, 240 h, 30.4 d.</summary>
    public static string Of(TimeSpan time) => Of(time, time);

    /// <summary>A time among others, all in one unit: days where the longest is long, hours or less otherwise.</summary>
    public static string Of(TimeSpan time, TimeSpan longest) => longest > Long
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} d")
        : LeadTimeText.Of(time);
}
