using System.Runtime.CompilerServices;
using Cairn.Engine.Extensions;

namespace Cairn.Engine.Tests.Extensions;

/// <summary>What extensions are built against: a change to it is seen, and stands in the changelog.</summary>
public sealed class ExtensionApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Types =
    [
        typeof(CairnExtensionAttribute), typeof(ExtensionKinds), typeof(ModelKind), typeof(ModelKind<>), typeof(ModelRequest),
        typeof(IPrognosticModel), typeof(ModelDescription), typeof(ModelShapes), typeof(SourceKind), typeof(InitialCondition),
        typeof(InitialSpec), typeof(PerturbationKind), typeof(PerturbationRequest), typeof(PerturbationSpec), typeof(IPerturbation),
        typeof(NoiseKind), typeof(NoiseSpec), typeof(INoise), typeof(FieldStoreKind), typeof(FieldStoreSpec), typeof(FieldStoreRequest),
        typeof(IFieldStore), typeof(FieldStoreReading), typeof(FieldLayout), typeof(FieldVariable), typeof(LayoutDocument),
        typeof(AtomicFile), typeof(IDurableFiles), typeof(SettingSection), typeof(SettingSection<>), typeof(Setting<>),
        typeof(SettingTypes), typeof(SettingReader), typeof(Given), typeof(Shaping),
    ];

    [Fact]
    public void What_extensions_are_built_against_is_what_was_approved()
    {
        var made = Path.Combine(AppContext.BaseDirectory, "ExtensionApi.txt");
        var approved = Path.Combine(
            typeof(ExtensionApiTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!,
            "tests", "Engine.Tests", "Extensions", "ExtensionApi.txt");
        File.WriteAllText(made, Text());

        Assert.True(File.Exists(approved) && File.ReadAllText(approved) == Text(),
            $"{approved} differs from {made}. If it should, copy the new one over it, and tell of the change in CHANGELOG.md.");
    }

    [Fact]
    public void All_that_it_needs_is_public_too()
    {
        var hidden = from type in Types
                     from member in Members(type)
                     from needed in Needed(member)
                     where !needed.IsVisible && !needed.IsGenericParameter
                     select $"{type.Name}.{member.Name} needs {needed.FullName}";
        Assert.Empty(hidden);
    }

    private static string Text()
    {
        var text = new StringBuilder();
        foreach (var type in Types.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(type.FullName).Append('\n');
            foreach (var member in Members(type).Select(Line).Distinct().Order(StringComparer.Ordinal))
                text.Append("  ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static IEnumerable<MemberInfo> Members(Type type) => type.GetMembers(Declared)
        .Where(member => member is not Type && !member.IsDefined(typeof(CompilerGeneratedAttribute)) && IsSeen(member));

    private static bool IsSeen(MemberInfo member) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
            && !(method.IsSpecialName && method is MethodInfo),
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetMethod is { } get && (get.IsPublic || get.IsFamily || get.IsFamilyOrAssembly),
        _ => false,
    };

    private static IEnumerable<Type> Needed(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType),
        MethodBase made => made.GetParameters().Select(p => p.ParameterType),
        PropertyInfo property => [property.PropertyType],
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static string Line(MemberInfo member) => member switch
    {
        MethodInfo method => $"{Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        MethodBase made => $"new({Parameters(made)})",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name}",
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        _ => member.Name,
    };

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
