using System.Buffers;

namespace Cairn.ActorKernel.Actor;

/// <summary>An actor's place in the tree, as <c>akka://system/user/parent/name</c>. Equality does not look at <see cref="Uid"/>.</summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\"-_.*$+:@&=,!~';()");

    private protected ActorPath(string name, long uid)
    {
        Name = name;
        Uid = uid;
    }

    public abstract Address Address { get; }

    /// <summary>The path one level up; the root's is the root itself.</summary>
    public abstract ActorPath Parent { get; }

    public abstract ActorPath Root { get; }

    /// <summary>How many names lie below the root.</summary>
    public abstract int Depth { get; }

    public string Name { get; }

    /// <summary>Tells apart the lives of actors that had the same path one after the other; 0 is none in particular.</summary>
    public long Uid { get; }

    /// <summary>The names from the top down.</summary>
    public IReadOnlyList<string> Elements
    {
        get
        {
            var names = new string[Depth];
            var at = this;
            for (var i = names.Length - 1; i >= 0; i--)
            {
                names[i] = at.Name;
                at = at.Parent;
            }

            return names;
        }
    }

    public static ActorPath operator /(ActorPath path, string name) => new ChildPath(path, name, 0);

    public static bool operator ==(ActorPath? left, ActorPath? right) => left?.Equals(right) ?? right is null;

    public static bool operator !=(ActorPath? left, ActorPath? right) => !(left == right);

    /// <summary>True for a name that an actor may be given: not empty, of letters, digits and <c>-_.*$+:@&amp;=,!~';()"</c>
    /// or <c>%</c> and two hexadecimal digits, and not beginning with <c>$</c>, as the names that the system gives do.</summary>
    public static bool IsValidPathElement(string s)
    {
        if (string.IsNullOrEmpty(s) || s[0] == '$')
        {
            return false;
        }

        for (var i = 0; i < s.Length; i++)
        {
            if (NameCharacters.Contains(s[i]))
            {
                continue;
            }

            if (s[i] != '%' || i + 2 >= s.Length || !char.IsAsciiHexDigit(s[i + 1]) || !char.IsAsciiHexDigit(s[i + 2]))
            {
                return false;
            }

            i += 2;
        }

        return true;
    }

    public bool Equals(ActorPath? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || Depth != other.Depth || Name != other.Name)
        {
            return false;
        }

        return Depth == 0 ? Address.Equals(other.Address) : Parent.Equals(other.Parent);
    }

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode() =>
        Depth == 0 ? Address.GetHashCode() : HashCode.Combine(Parent.GetHashCode(), Name.GetHashCode(StringComparison.Ordinal));

    public int CompareTo(ActorPath? other) => string.CompareOrdinal(ToString(), other?.ToString());

    public override string ToString() => Address + ToStringWithoutAddress();

    public string ToStringWithoutAddress() => "/" + string.Join('/', Elements);

    public string ToStringWithUid() => Uid == 0 ? ToString() : $"{this}#{Uid}";
}
