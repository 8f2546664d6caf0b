using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Cairn.Storage.State;

/// <summary>What a state type stores, in order of declaration, base classes first. Its hash is the original's: SHA-256 of
/// <c>name:annotation:default</c> of each field, here with the annotations that a Python dataclass of the same fields would carry, and
/// required unless an attribute says which default it has there.</summary>
internal sealed record StateSchema(Type Type, string StateId, string SchemaHash, IReadOnlyList<StateField> Fields)
{
    // Reflection over one type always finds the same, and a commit asks for every bound state.
    private static readonly ConditionalWeakTable<Type, StateSchema> Known = [];

    public static bool IsState(Type type) => type.IsDefined(typeof(CheckpointStateAttribute), inherit: false);

    /// <exception cref="SpecException">The type is not marked, or two of its fields would share a name on disk.</exception>
    /// <exception cref="CheckpointSerializationException">It holds something that would not be stored.</exception>
    public static StateSchema Of(Type type) => Known.GetValue(type, Build);

    private static StateSchema Build(Type type)
    {
        var attribute = type.GetCustomAttribute<CheckpointStateAttribute>(inherit: false)
            ?? throw new SpecException($"{type} is not a checkpoint state: mark the class with [CheckpointState].");
        var fields = StateMembers.Of(type).Select(Field).ToList();
        if (fields.GroupBy(f => f.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new SpecException($"{type} stores two members as '{twice.Key}': rename one with [CheckpointField].");

        var id = attribute.Id ?? type.FullName?.Replace('+', '.');
        if (id is null || (type.IsGenericType && attribute.Id is null))
            throw new SpecException($"{type} has no name of its own to be stored under: give [CheckpointState(Id = \"…\")].");

        return new StateSchema(type, id, attribute.SchemaHash ?? Hash(fields, attribute.EvaluatedAnnotations), fields);
    }

    private static string Hash(IEnumerable<StateField> fields, bool evaluated)
    {
        var text = string.Join('|', fields.Select(f => $"{f.Name}:{FieldAnnotation.Repr(f.Annotation, evaluated)}:{f.Default}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static StateField Field(MemberInfo member)
    {
        var attribute = member.GetCustomAttribute<CheckpointFieldAttribute>();
        var name = attribute?.Name ?? SnakeCase(member.Name.TrimStart('_'));
        var where = $"{member.DeclaringType}.{member.Name}";
        if (name.Length is 0 or > 200 || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
            throw new SpecException($"{where} cannot be stored as '{name}': expected letters, digits and '_'.");

        return new StateField(
            name, member, attribute?.Annotation ?? FieldAnnotation.Of(member), FieldDefault.Of(attribute?.Default, where));
    }

    /// <summary><c>RngState</c> is <c>rng_state</c>, <c>Level2Wind</c> is <c>level2_wind</c>, <c>SSTMean</c> is <c>sst_mean</c>.</summary>
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

/// <summary>One stored member of a state type: a property, or a field.</summary>
/// <param name="Default">What enters the schema hash for its default: <c>required</c>, <c>default:…</c> or <c>factory:…</c>.</param>
internal sealed record StateField(string Name, MemberInfo Member, string Annotation, string Default)
{
    /// <summary>The declared type.</summary>
    public Type Type => Member is PropertyInfo property ? property.PropertyType : ((FieldInfo)Member).FieldType;
    public object? Get(object state) => Member is PropertyInfo property ? property.GetValue(state) : ((FieldInfo)Member).GetValue(state);

    public void Set(object state, object? value)
    {
        if (Member is PropertyInfo property)
            property.SetValue(state, value);
        else
            ((FieldInfo)Member).SetValue(state, value);
    }
}
