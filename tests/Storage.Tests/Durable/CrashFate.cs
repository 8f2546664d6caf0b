namespace Cairn.Storage.Tests.Durable;

/// <summary>What a crash does to everything that no fsync had covered.</summary>
internal abstract class CrashFate
{
    /// <summary>Whether a change of a directory's entry reaches the platter.</summary>
    public abstract bool Keeps(PendingEntry change);

    /// <summary>What is left of a file's bytes since its last fsync.</summary>
    public abstract IEnumerable<byte> Bytes(Node file, List<byte> unsynced);

    /// <summary>Everything is kept, or nothing.</summary>
    public sealed class Whole(bool keep) : CrashFate
    {
        public override bool Keeps(PendingEntry change) => keep;
        public override IEnumerable<byte> Bytes(Node file, List<byte> unsynced) => keep ? unsynced : [];
    }

    /// <summary>Everything is kept but one effect, and what cannot be without it; a file loses its bytes, or has garbage for
    /// them.</summary>
    public sealed class AllBut(object lost, bool garbled) : CrashFate
    {
        public override bool Keeps(PendingEntry change) => change != lost && !Is(change.Needs) && !Is(change.Brings);

        public override IEnumerable<byte> Bytes(Node file, List<byte> unsynced) =>
            file != lost ? unsynced : garbled ? unsynced.Select((b, i) => (byte)(b ^ (i % 7 == 0 ? 0x15 : 0))) : [];

        private bool Is(PendingEntry? other) => other is not null && other == lost;
    }

    /// <summary>Each effect is kept, dropped, cut short, zeroed or garbled as the dice fall.</summary>
    public sealed class Mixed : CrashFate
    {
        private readonly Random _random;

        // A disk that lost nearly all and one that lost nearly nothing are as interesting as the middle.
        private readonly double _keepChance;

        public Mixed(int seed)
        {
            _random = new Random(seed);
            _keepChance = _random.NextDouble();
        }

        public override bool Keeps(PendingEntry change) => _random.NextDouble() < _keepChance;

        public override IEnumerable<byte> Bytes(Node file, List<byte> unsynced)
        {
            if (_random.NextDouble() < _keepChance)
                return unsynced;

            var length = _random.Next(unsynced.Count + 1);
            var from = _random.Next(length + 1);
            return _random.Next(3) switch
            {
                0 => unsynced.Take(length),
                1 => unsynced.Select((b, i) => i < from ? b : (byte)0),
                _ => unsynced.Select((b, i) => i < from ? b : (byte)_random.Next(256)).ToList(),
            };
        }
    }
}
