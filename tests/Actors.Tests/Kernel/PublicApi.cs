using System.Reflection;
using System.Runtime.CompilerServices;

namespace Cairn.Actors.Tests.Kernel;

/// <summary>The public API of an assembly as lines of text: a type, then what it offers, inherited members included.</summary>
internal static class PublicApi
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance
        | BindingFlags.FlattenHierarchy;

    /// <param name="types">The types to write down.</param>
    /// <param name="root">The root of their namespaces, which is left out.</param>
    public static IEnumerable<string> Lines(IEnumerable<Type> types, string root) =>
        from type in types.Where(t => t.IsVisible).OrderBy(t => t.FullName, StringComparer.Ordinal)
        let name = Name(type)
        from line in Members(type).Distinct().Order(StringComparer.Ordinal).Prepend(Kind(type))
        select $"{name}: {line}".Replace(root + ".", "", StringComparison.Ordinal);

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum " + string.Join(", ", Enum.GetNames(type).Select(n => $"{n}={(int)Enum.Parse(type, n)}")),
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        _ when typeof(Delegate).IsAssignableFrom(type) => "delegate " + Signature(type.GetMethod("Invoke")!),
        { IsAbstract: true, IsSealed: true } => "static class",
        _ => "class",
    };

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum || typeof(Delegate).IsAssignableFrom(type))
        {
            yield break;
        }

        for (var parent = type.BaseType; parent is not null && parent != typeof(object); parent = parent.BaseType)
        {
            yield return $"is {Name(parent)}";
        }

        foreach (var implemented in type.GetInterfaces().Where(i => i.IsVisible))
        {
            yield return $"is {Name(implemented)}";
        }

        var declared = type.IsInterface ? type.GetInterfaces().Append(type).SelectMany(i => i.GetMembers(Own)) : type.GetMembers(Own);
        foreach (var member in declared.Where(m => !IsCommon(m.DeclaringType)))
        {
            if (Describe(member, canInherit: !type.IsSealed) is { } line)
            {
                yield return line;
            }
        }
    }

    private static string? Describe(MemberInfo member, bool canInherit) => member switch
    {
        FieldInfo field when Seen(field.IsPublic, field.IsFamily || field.IsFamilyOrAssembly, canInherit) is { } seen =>
            $"{seen}{(field.IsStatic ? "static " : "")}field {Name(field.FieldType)} {field.Name}",
        ConstructorInfo made when Seen(made.IsPublic, made.IsFamily || made.IsFamilyOrAssembly, canInherit) is { } seen && !made.IsStatic =>
            $"{seen}new{Parameters(made)}",
        MethodInfo method when Seen(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly, canInherit) is { } seen
            && !IsCommon(method.GetBaseDefinition().DeclaringType) => seen + Signature(method),
        _ => null,
    };

    /// <summary>Whether every class, or every exception, has what this type declares.</summary>
    private static bool IsCommon(Type? type) => type == typeof(object) || type == typeof(Exception);

    /// <summary>How a member is seen from outside, or null if it is not.</summary>
    private static string? Seen(bool isPublic, bool isProtected, bool canInherit) =>
        isPublic ? "" : isProtected && canInherit ? "protected " : null;

    private static string Signature(MethodInfo method)
    {
        var arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        var extends = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{arguments}{Parameters(method, extends)}";
    }

    private static string Parameters(MethodBase method, string extends = "") =>
        $"({extends}{string.Join(", ", method.GetParameters().Select(Parameter))})";

    private static string Parameter(ParameterInfo parameter)
    {
        var expands = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var otherwise = parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "";
        return $"{expands}{Name(parameter.ParameterType)} {parameter.Name}{otherwise}";
    }

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (!type.IsGenericType)
        {
            return type.FullName ?? type.Name;
        }

        var plain = type.GetGenericTypeDefinition().FullName!;
        return $"{plain[..plain.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
