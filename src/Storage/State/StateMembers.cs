using System.Buffers.Binary;
using System.Reflection.Emit;
using System.Reflection;

namespace Cairn.Storage.State;

/// <summary>Which members of a state type are stored. What an object knows lies in its fields, so each of them, of base classes too, must
/// be stored (itself, or by way of a property that reads it), or be left out by attribute: a type that holds anything else is refused,
/// since a restart would silently begin without it. A property that only works out its value from others holds nothing.</summary>
internal static class StateMembers
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    /// <summary>The stored members in order of declaration, base classes first.</summary>
    /// <exception cref="CheckpointSerializationException">A member would be neither stored nor left out, or there is none.</exception>
    public static IReadOnlyList<MemberInfo> Of(Type type)
    {
        var properties = type.GetProperties(Any).Concat(Bases(type).SelectMany(b => b.GetProperties(Any | BindingFlags.DeclaredOnly)))
            .Where(p => p.GetIndexParameters().Length == 0 && p.GetMethod is not null)
            .DistinctBy(p => (p.Module, p.MetadataToken)).Select(WithSetter).ToList();
        var fields = Bases(type).SelectMany(b => b.GetFields(Any | BindingFlags.DeclaredOnly)).ToList();
        var kept = properties.Where(p => IsStored(type, p)).ToList();
        var plain = fields.Where(f => IsStored(type, f)).ToList();
        var accounted = properties.Where(p => kept.Contains(p) || IsIgnored(p)).ToList();
        foreach (var field in fields.Except(plain).Where(f => !IsIgnored(f)))
            RequireAccountedFor(type, field, properties, accounted);

        return kept.Count + plain.Count > 0 ? Ordered(kept, plain, fields) : throw new CheckpointSerializationException(
            $"{type} has nothing to store: give it public properties with setters, or fields, for what a restart needs.");
    }

    private static Stack<Type> Bases(Type type)
    {
        var line = new Stack<Type>();
        for (var at = type; at is not null && at != typeof(object); at = at.BaseType)
            line.Push(at);

        return line;
    }

    /// <summary>A base class's private setter is seen only from there.</summary>
    private static PropertyInfo WithSetter(PropertyInfo property) => property.SetMethod is not null ? property
        : property.DeclaringType!.GetProperties(Any | BindingFlags.DeclaredOnly).First(p => p.MetadataToken == property.MetadataToken);

    private static bool IsStored(Type type, PropertyInfo property)
    {
        if (IsIgnored(property) || !(property.GetMethod!.IsPublic || IsMarked(property)))
            return false;

        return property.SetMethod is not null || (IsMarked(property)
            ? throw Refusal(type, property.Name, "it has no setter, so a restart could not restore it")
            : false);
    }

    private static bool IsStored(Type type, FieldInfo field)
    {
        if (IsIgnored(field) || IsOfCompiler(field) || !(field.IsPublic || IsMarked(field)))
            return false;

        return !field.IsInitOnly ? true
            : throw Refusal(type, field.Name, "it is read-only, so a restart could not restore it");
    }

    private static void RequireAccountedFor(Type type, FieldInfo field, List<PropertyInfo> properties, List<PropertyInfo> accounted)
    {
        var name = FieldReads.SourceName(field.Name);
        var own = properties.Find(p => p.Name == name && p.DeclaringType == field.DeclaringType);
        if (accounted.Exists(p => (own is not null && p.Name == name) || FieldReads.Reads(p.GetMethod!, field)))
            return;

        throw Refusal(type, name, own is null ? "it is not a public field, and no stored property returns it"
            : own.GetMethod!.IsPublic ? "it has no setter, so a restart could not restore it" : "it is not public");
    }

    /// <summary>In order of declaration; with fields among them, a property takes the place of the field that it reads.</summary>
    private static List<MemberInfo> Ordered(List<PropertyInfo> properties, List<FieldInfo> plain, List<FieldInfo> fields)
    {
        int Token(MemberInfo member) => member is not PropertyInfo property || plain.Count == 0 ? member.MetadataToken
            : fields.Find(f => FieldReads.Reads(property.GetMethod!, f))?.MetadataToken ?? property.MetadataToken;
        return [.. properties.Concat<MemberInfo>(plain).OrderBy(m => Bases(m.DeclaringType!).Count).ThenBy(Token)];
    }

    private static bool IsIgnored(MemberInfo member) => member.IsDefined(typeof(CheckpointIgnoreAttribute))
        || (member is FieldInfo && member.DeclaringType!.GetEvent(member.Name, Any)?.IsDefined(typeof(CheckpointIgnoreAttribute)) == true);

    private static bool IsMarked(MemberInfo member) => member.IsDefined(typeof(CheckpointFieldAttribute));
    private static bool IsOfCompiler(FieldInfo field) => field.Name.StartsWith('<');

    private static CheckpointSerializationException Refusal(Type type, string member, string why) => new(
        $"{type}.{member} would not be stored: {why}. Make it a property with a public getter and any setter (or mark it "
        + "[CheckpointField], where it has a setter but is not public), or leave it out with [CheckpointIgnore].");
}

/// <summary>Which field a property returns, found in the property's own IL.</summary>
internal static class FieldReads
{
    private const int TokenBytes = 4;

    /// <summary>Whether a method loads a field of its object.</summary>
    public static bool Reads(MethodInfo method, FieldInfo field)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at + TokenBytes < code.Length; at++)
        {
            if ((code[at] == OpCodes.Ldfld.Value || code[at] == OpCodes.Ldflda.Value)
                && Names(method, BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at + 1)), field))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name that a source gives to what a compiler keeps in a field: of a property, or of a constructor's parameter.</summary>
    public static string SourceName(string field) =>
        field.StartsWith('<') && field.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? field[1..end] : field;

    /// <summary>Bytes that only look like a field's token name none, or another.</summary>
    private static bool Names(MethodInfo method, int token, FieldInfo field)
    {
        const int FieldTable = 0x04, MemberTable = 0x0a;
        if (token >> 24 is not (FieldTable or MemberTable))
            return false;

        try
        {
            var named = method.Module.ResolveMember(token, method.DeclaringType!.GetGenericArguments(), null);
            return named is FieldInfo && named.Module == field.Module && named.MetadataToken == field.MetadataToken;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
