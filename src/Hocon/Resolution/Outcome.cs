using Cairn.Hocon.Values;

namespace Cairn.Hocon.Resolution;

/// <summary>What came of resolving something: a value, or the reason why there is none.</summary>
internal sealed record Outcome(HoconValue? Value, bool Hides, bool IsCycle)
{
    /// <summary>There is nothing: what lies below shows through.</summary>
    public static readonly Outcome Nothing = new(null, false, false);

    /// <summary>There is something on the way that is no object, so that nothing below can show through.</summary>
    public static readonly Outcome Hidden = new(null, true, false);

    /// <summary>The value would contain itself.</summary>
    public static readonly Outcome Cycle = new(null, true, true);

    public static Outcome Of(HoconValue value) => new(value, value is not HoconObject, false);

    /// <summary>This on top of what lies below.</summary>
    public Outcome Over(Outcome below)
    {
        if (Value is HoconObject upper && below.Value is HoconObject lower)
        {
            return Of(upper.Over(lower));
        }

        // A non-object below an object is hidden by it, and then hides all the rest.
        return Value is null && !Hides ? below : this with { Hides = Hides || below.Hides, IsCycle = IsCycle || below.IsCycle };
    }
}
