namespace Cairn.ActorKernel.Actor;

/// <summary>Where an actor system is: all systems of this kernel are in this process, so a protocol and a name suffice.</summary>
public sealed class Address : IEquatable<Address>
{
    internal Address(string protocol, string system)
    {
        Protocol = protocol;
        System = system;
    }

    public string Protocol { get; }

    public string System { get; }

    public bool Equals(Address? other) => other is not null && other.Protocol == Protocol && other.System == System;

    public override bool Equals(object? obj) => Equals(obj as Address);

    public override int GetHashCode() => HashCode.Combine(Protocol, System);

    public override string ToString() => $"{Protocol}://{System}";
}
