using System.Numerics;

namespace Cairn.Storage.State;

/// <summary>Restores a stored scalar into a property's type; a value that does not fit exactly is refused.</summary>
internal static class ScalarConversion
{
    public static object? To(object? value, Type type, string name)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null)
        {
            return !type.IsValueType || target != type ? null : throw Refused(value, type, name);
        }

        if (target.IsInstanceOfType(value))
        {
            return value;
        }

        try
        {
            return value switch
            {
                long or BigInteger => Integer(value is long small ? small : (BigInteger)value, target),
                double number when target == typeof(float) && Same(number, (float)number) => (object)(float)number,
                double number when target == typeof(Half) && Same(number, (double)(Half)number) => (object)(Half)number,
                DateTimeOffset aware when target == typeof(DateTime) => aware.UtcDateTime,
                DateTime naive when target == typeof(DateTimeOffset) => null,
                NumpyTimeDelta64 delta when target == typeof(TimeSpan) => delta.ToTimeSpan(),
                _ => null,
            } ?? throw Refused(value, type, name);
        }
        catch (OverflowException e)
        {
            throw new CheckpointStateSchemaException($"{name} was saved as {value}, which does not fit into {type}.", e);
        }
    }

    private static object? Integer(BigInteger value, Type target) => Type.GetTypeCode(target) switch
    {
        TypeCode.Int32 => checked((int)value),
        TypeCode.Int64 => checked((long)value),
        TypeCode.Int16 => checked((short)value),
        TypeCode.SByte => checked((sbyte)value),
        TypeCode.Byte => checked((byte)value),
        TypeCode.UInt16 => checked((ushort)value),
        TypeCode.UInt32 => checked((uint)value),
        TypeCode.UInt64 => checked((ulong)value),
        // Python lets an int stand in a float field; beyond 2^53 the double would be another number.
        TypeCode.Double when BigInteger.Abs(value) <= 1L << 53 => (double)value,
        TypeCode.Single when BigInteger.Abs(value) <= 1 << 24 => (float)value,
        _ => target == typeof(BigInteger) ? value : null,
    };

    private static bool Same(double stored, double narrowed) => stored.Equals(narrowed);

    private static CheckpointStateSchemaException Refused(object? value, Type type, string name) =>
        new($"{name} was saved as {PythonText.Repr(value)} ({value?.GetType().Name ?? "none"}) "
            + $"and does not fit a property of type {type} exactly.");
}
