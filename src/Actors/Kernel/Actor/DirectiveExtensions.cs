namespace Cairn.ActorKernel.Actor;

/// <summary>Rules for <see cref="Decider.From(Directive, KeyValuePair{Type, Directive}[])"/>, readable as sentences.</summary>
public static class DirectiveExtensions
{
    public static KeyValuePair<Type, Directive> When<TException>(this Directive self)
        where TException : Exception => new(typeof(TException), self);
}
