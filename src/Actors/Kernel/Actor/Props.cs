using System.Linq.Expressions;
using System.Reflection;

namespace Cairn.ActorKernel.Actor;

/// <summary>
/// A recipe for an actor: its type and its constructor's arguments, which are evaluated once, here, and used again for every restart.
/// </summary>
public sealed class Props
{
    private readonly Func<ActorBase> _create;

    private Props(Type type, object?[] arguments, Func<ActorBase> create, SupervisorStrategy? strategy)
    {
        Type = type;
        Arguments = arguments;
        SupervisorStrategy = strategy;
        _create = create;
    }

    public Type Type { get; }

    public object?[] Arguments { get; }

    /// <summary>What to do about failing children, in place of what the actor itself says; null leaves it to the actor.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; }

    /// <param name="factory">A <c>new</c> expression: <c>() => new Worker(path)</c>.</param>
    /// <param name="supervisorStrategy">See <see cref="SupervisorStrategy"/>.</param>
    /// <exception cref="ArgumentException">The expression is something else.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is not NewExpression { Constructor: { } constructor } creation)
        {
            throw new ArgumentException($"found {factory.Body}; expected an expression of the form 'new T (args)'.", nameof(factory));
        }

        var arguments = creation.Arguments.Select(Evaluate).ToArray();
        var invoker = ConstructorInvoker.Create(constructor);
        return new(typeof(TActor), arguments, () => (ActorBase)invoker.Invoke(arguments.AsSpan()), supervisorStrategy);
    }

    public static Props Create<TActor>(params object?[] args)
        where TActor : ActorBase => Create(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(typeof(TActor), [], () => new TActor(), supervisorStrategy);

    public static Props Create(Type type, params object?[] args)
    {
        if (!typeof(ActorBase).IsAssignableFrom(type))
        {
            throw new ArgumentException($"found {type}; expected a class that derives from {typeof(ActorBase)}.", nameof(type));
        }

        return new(type, args, () => (ActorBase)Activator.CreateInstance(type, args)!, null);
    }

    /// <summary>The same recipe with another answer to failing children.</summary>
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(Type, Arguments, _create, supervisorStrategy);

    /// <exception cref="TypeLoadException">The constructor threw; its exception is inside.</exception>
    internal ActorBase NewActor()
    {
        try
        {
            return _create();
        }
        catch (Exception e)
        {
            throw new TypeLoadException($"the constructor of {Type} failed with {Arguments.Length} arguments: {e.Message}", e);
        }
    }

    private static object? Evaluate(Expression argument) => argument is ConstantExpression constant
        ? constant.Value
        : Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();
}
