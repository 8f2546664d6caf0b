using System.Collections;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>Makes messages of any type from a seed, and compares them member by member.</summary>
internal sealed class AnyMessage(Random random, Func<IActorRef> actor)
{
    private const string Letters = "aZ09 _-/\\\"'{}\n\u00e9\u4e2d\ud83d\ude00";

    private readonly NullabilityInfoContext _nullability = new();

    public object Of(Type type)
    {
        if (Simple(type) is { } simple)
            return simple;

        if (ElementOf(type) is { } element)
        {
            var array = Array.CreateInstance(element, random.Next(3));
            for (var i = 0; i < array.Length; i++)
                array.SetValue(Of(element), i);

            return array;
        }

        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
        {
            var pairs = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GenericTypeArguments))!;
            pairs[Of(type.GenericTypeArguments[0])] = Of(type.GenericTypeArguments[1]);
            return pairs;
        }

        var leaves = type.GetCustomAttributes<JsonDerivedTypeAttribute>().Select(a => a.DerivedType).ToList();
        return type.IsAbstract ? Of(leaves[random.Next(leaves.Count)]) : Record(type);
    }

    /// <summary>Where two messages differ; null where they don't.</summary>
    public static string? Difference(object? one, object? other, string where = "")
    {
        if (one is null || other is null || one.GetType().IsPrimitive
            || one is string or IActorRef or Enum or TimeSpan or DateTimeOffset or Guid)
        {
            return Equals(one, other) ? null : $"{where}: {one ?? "null"} became {other ?? "null"}";
        }

        if (one is IEnumerable many)
        {
            var (first, second) = (many.Cast<object>().ToList(), ((IEnumerable)other).Cast<object>().ToList());
            return first.Count != second.Count
                ? $"{where}: {first.Count} items became {second.Count}"
                : first.Select((item, i) => Difference(item, second[i], $"{where}[{i}]")).FirstOrDefault(d => d is not null);
        }

        return one.GetType() != other.GetType()
            ? $"{where}: {one.GetType()} became {other.GetType()}"
            : Settable(one.GetType())
                .Select(p => Difference(p.GetValue(one), p.GetValue(other), $"{where}.{p.Name}")).FirstOrDefault(d => d is not null);
    }

    private object Record(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length);
        var made = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. constructor.GetParameters().Select(p => Maybe(p.ParameterType, _nullability.Create(p)))]);
        foreach (var property in Settable(type).Where(p => constructor?.GetParameters().All(a => a.Name != p.Name) ?? true))
            property.SetValue(made, Maybe(property.PropertyType, _nullability.Create(property)));

        return made;
    }

    private object? Maybe(Type type, NullabilityInfo nullability)
    {
        var canBeNull = nullability.WriteState == NullabilityState.Nullable || Nullable.GetUnderlyingType(type) is not null;
        return canBeNull && random.Next(3) == 0 ? null : Of(Nullable.GetUnderlyingType(type) ?? type);
    }

    private object? Simple(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length))!,
        TypeCode.Boolean => random.Next(2) == 0,
        TypeCode.Int32 => random.Next(2) == 0 ? random.Next(10) : random.Next(int.MinValue, int.MaxValue),
        TypeCode.Int64 => random.NextInt64(long.MinValue, long.MaxValue),
        TypeCode.Double => random.Next(4) == 0 ? double.NaN : (random.NextDouble() - 0.5) * 1e300,
        TypeCode.Single => random.NextSingle(),
        TypeCode.Byte => (byte)random.Next(256),
        TypeCode.UInt32 => (uint)random.Next(),
        TypeCode.UInt64 => (ulong)random.NextInt64(),
        TypeCode.String => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Rune())),
        _ when type == typeof(TimeSpan) => new TimeSpan(random.NextInt64(-1L << 50, 1L << 50)),
        _ when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddTicks(random.NextInt64(1L << 54)),
        _ when type == typeof(Guid) => new Guid(Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256)).ToArray()),
        _ when type == typeof(IActorRef) => actor(),
        _ => null,
    };

    private string Rune() => Letters.EnumerateRunes().ElementAt(random.Next(Letters.EnumerateRunes().Count())).ToString();

    private static Type? ElementOf(Type type) => type.IsArray
        ? type.GetElementType()
        : type.IsInterface && type.IsGenericType && type.GenericTypeArguments.Length == 1
            && type.IsAssignableFrom(type.GenericTypeArguments[0].MakeArrayType())
            ? type.GenericTypeArguments[0]
            : null;

    /// <summary>What a message carries; what it says by an attribute that it leaves behind is none of that.</summary>
    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p =>
            p.SetMethod is not null && p.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always });
}
