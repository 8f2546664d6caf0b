namespace Cairn.Engine.Models.Onnx;

/// <summary>One of several networks that step a model by a schedule.</summary>
/// <param name="Path">The ONNX file; weights that it keeps outside of itself lie beside it.</param>
/// <param name="Covers">How far one call of it goes.</param>
public sealed record OnnxNetwork(string Path, TimeSpan Covers);

/// <summary>Which of several networks takes a step, and from which state: the one that covers the most of those whose time ends with the
/// step, counted from lead time zero, from the state at the start of that time. States that steps to come begin from, besides the newest,
/// are the anchors: for each longer network the state at the last multiple of what it covers.</summary>
/// <remarks>A network that covers half of what the next longer one does begins only where that one's time begins too, since every other of
/// its ends is the other's: it needs no anchor of its own, and has the state at the last multiple of what the other covers.</remarks>
internal sealed class OnnxSchedule
{
    private readonly TimeSpan[] _covers;
    private readonly int[] _anchors;

    internal OnnxSchedule(IReadOnlyList<TimeSpan> covers)
    {
        _covers = [.. covers];
        _anchors = [.. Enumerable.Range(1, _covers.Length - 1).Select(AnchorOf).Distinct()];
    }

    /// <summary>How many states are kept: the newest, and the anchors.</summary>
    internal int States => 1 + _anchors.Length;

    /// <summary>What one step covers.</summary>
    internal TimeSpan Step => _covers[0];

    /// <summary>The network whose step ends at a lead time.</summary>
    internal int EndingAt(TimeSpan end) => Array.FindLastIndex(_covers, covers => end.Ticks % covers.Ticks == 0);

    /// <summary>Which of the kept states a network begins from; 0 is the newest.</summary>
    internal int StartOf(int network) => network == 0 ? 0 : 1 + Array.IndexOf(_anchors, AnchorOf(network));

    /// <summary>Whether one of the kept states is, at a lead time, the newest.</summary>
    internal bool IsRenewed(int place, TimeSpan at) =>
        place == 0 || at.Ticks % _covers[_anchors[place - 1]].Ticks == 0;

    /// <summary>What is wrong with networks for steps of some length, each with what was expected.</summary>
    internal static IEnumerable<(string Found, string Expected)> Mistakes(IReadOnlyList<TimeSpan> covers, TimeSpan step)
    {
        if (covers[0] != step)
            yield return ($"{Text(covers[0])} as the shortest time that is covered",
                $"a network that covers one step, model.step = {Text(step)}");
        foreach (var (shorter, longer) in covers.Zip(covers.Skip(1)))
        {
            if (longer == shorter)
                yield return ($"two networks that cover {Text(longer)}", "one for each time");
            else if (longer.Ticks % shorter.Ticks != 0)
                yield return ($"a network that covers {Text(longer)}",
                    $"a whole multiple of what the next shorter one covers, {Text(shorter)}");
        }
    }

    /// <summary>The network at whose times the state is kept that another begins from.</summary>
    private int AnchorOf(int network) =>
        network + 1 < _covers.Length && _covers[network + 1].Ticks == 2 * _covers[network].Ticks ? network + 1 : network;

    private static string Text(TimeSpan covers) => SpecText.Duration(covers);
}
