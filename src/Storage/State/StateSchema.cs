using System.Collections;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Cairn.Storage.Arrays;

namespace Cairn.Storage.State;

/// <summary>One stored property of a state type.</summary>
internal sealed record StateField(string Name, PropertyInfo Property, string Annotation);

/// <summary>
/// What a state type stores, in order of declaration, base classes first. Its hash is the original's: SHA-256 of
/// <c>name:annotation:default</c> of each field, here with the annotations that a Python dataclass of the same fields would carry and
/// every field required.
/// </summary>
internal sealed record StateSchema(Type Type, string StateId, string SchemaHash, IReadOnlyList<StateField> Fields)
{
    private static readonly (Type Type, string Annotation)[] Annotations =
    [
        (typeof(bool), "bool"), (typeof(string), "str"), (typeof(double), "float"), (typeof(float), "float"), (typeof(Half), "float"),
        (typeof(int), "int"), (typeof(long), "int"), (typeof(BigInteger), "int"), (typeof(short), "int"), (typeof(sbyte), "int"),
        (typeof(byte), "int"), (typeof(ushort), "int"), (typeof(uint), "int"), (typeof(ulong), "int"), (typeof(DateTimeOffset), "datetime"),
        (typeof(DateTime), "datetime"), (typeof(DateOnly), "date"), (typeof(TimeSpan), "timedelta"), (typeof(NdArray), "np.ndarray"),
        (typeof(NumpyDateTime64), "np.datetime64"), (typeof(NumpyTimeDelta64), "np.timedelta64"), (typeof(TorchDeviceName), "torch.device"),
        (typeof(TorchDTypeName), "torch.dtype"), (typeof(NumpyDTypeName), "np.dtype"), (typeof(object), "Any"),
    ];

    // Reflection over one type always finds the same, and a commit asks for every bound state.
    private static readonly ConditionalWeakTable<Type, StateSchema> Known = [];

    public static bool IsState(Type type) => type.IsDefined(typeof(CheckpointStateAttribute), inherit: false);

    /// <exception cref="SpecException">The type is not marked, or two of its fields would share a name on disk.</exception>
    public static StateSchema Of(Type type) => Known.GetValue(type, Build);

    private static StateSchema Build(Type type)
    {
        var attribute = type.GetCustomAttribute<CheckpointStateAttribute>(inherit: false)
            ?? throw new SpecException($"{type} is no checkpoint state: mark the class with [CheckpointState].");
        var fields = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanRead && p.SetMethod is { IsPublic: true } && p.GetIndexParameters().Length == 0)
            .Where(p => !p.IsDefined(typeof(CheckpointIgnoreAttribute)))
            .OrderBy(p => Depth(p.DeclaringType!)).ThenBy(p => p.MetadataToken)
            .Select(Field).ToList();
        if (fields.GroupBy(f => f.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new SpecException($"{type} stores two properties as '{twice.Key}': rename one with [CheckpointField].");
        }

        var id = attribute.Id ?? type.FullName?.Replace('+', '.');
        if (id is null || (type.IsGenericType && attribute.Id is null))
        {
            throw new SpecException($"{type} has no name of its own to be stored under: give [CheckpointState(Id = \"…\")].");
        }

        return new StateSchema(type, id, attribute.SchemaHash ?? Hash(fields), fields);
    }

    private static string Hash(List<StateField> fields)
    {
        var text = string.Join('|', fields.Select(f => $"{f.Name}:{PythonText.Repr(f.Annotation)}:required"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static int Depth(Type type) => type.BaseType is null ? 0 : 1 + Depth(type.BaseType);

    private static StateField Field(PropertyInfo property)
    {
        var attribute = property.GetCustomAttribute<CheckpointFieldAttribute>();
        var name = attribute?.Name ?? SnakeCase(property.Name);
        if (name.Length is 0 or > 200 || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
        {
            throw new SpecException(
                $"{property.DeclaringType}.{property.Name} cannot be stored as '{name}': expected letters, digits and '_'.");
        }

        return new StateField(name, property, attribute?.Annotation ?? Annotation(property));
    }

    private static string Annotation(PropertyInfo property)
    {
        var value = Nullable.GetUnderlyingType(property.PropertyType);
        var optional = value is not null
            || (!property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable);
        var text = Annotation(value ?? property.PropertyType);
        return optional ? text + " | None" : text;
    }

    private static string Annotation(Type type) => type switch
    {
        _ when Array.Find(Annotations, a => a.Type == type).Annotation is { } known => known,
        _ when typeof(ITensorValue).IsAssignableFrom(type) => "torch.Tensor",
        // On disk the part is a plain array, and Python reads it as one.
        _ when typeof(IShard).IsAssignableFrom(type) => Annotation(type.GetGenericArguments()[0]),
        _ when typeof(ITuple).IsAssignableFrom(type) => "tuple",
        _ when IsDictionary(type) => "dict",
        _ when typeof(IEnumerable).IsAssignableFrom(type) => "list",
        _ => type.Name,
    };

    private static bool IsDictionary(Type type) => typeof(IDictionary).IsAssignableFrom(type)
        || type.GetInterfaces().Append(type).Any(i => i.IsGenericType
            && (i.GetGenericTypeDefinition() == typeof(IDictionary<,>) || i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)));

    /// <summary>
    /// <c>RngState</c> is <c>rng_state</c>, <c>Level2Wind</c> is <c>level2_wind</c>, <c>SSTMean</c> is <c>sst_mean</c>.
    /// </summary>
    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            var begins = i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            text.Append(begins ? "_" : "").Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
