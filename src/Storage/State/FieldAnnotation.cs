using System.Collections;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Cairn.Storage.State;

/// <summary>How a Python source would annotate a member, and how that enters the schema hash.</summary>
internal static partial class FieldAnnotation
{
    /// <summary>Types that can be stored as they are.</summary>
    private static readonly (Type Type, string Annotation)[] Known =
    [
        (typeof(bool), "bool"), (typeof(string), "str"), (typeof(double), "float"), (typeof(float), "float"), (typeof(Half), "float"),
        (typeof(int), "int"), (typeof(long), "int"), (typeof(BigInteger), "int"), (typeof(short), "int"), (typeof(sbyte), "int"),
        (typeof(byte), "int"), (typeof(ushort), "int"), (typeof(uint), "int"), (typeof(ulong), "int"), (typeof(DateTimeOffset), "datetime"),
        (typeof(DateTime), "datetime"), (typeof(DateOnly), "date"), (typeof(TimeSpan), "timedelta"), (typeof(NdArray), "np.ndarray"),
        (typeof(NumpyDateTime64), "np.datetime64"), (typeof(NumpyTimeDelta64), "np.timedelta64"), (typeof(TorchDeviceName), "torch.device"),
        (typeof(TorchDTypeName), "torch.dtype"), (typeof(NumpyDTypeName), "np.dtype"), (typeof(object), "Any"),
    ];

    private static readonly Dictionary<string, string> Modules = new(StringComparer.Ordinal)
    {
        ["datetime"] = "datetime.datetime", ["date"] = "datetime.date", ["timedelta"] = "datetime.timedelta",
        ["Any"] = "typing.Any",
    };

    /// <summary>As a source writes it: <c>torch.Tensor | None</c>.</summary>
    public static string Of(MemberInfo member)
    {
        var (type, nullability) = member is PropertyInfo property
            ? (property.PropertyType, new NullabilityInfoContext().Create(property))
            : (((FieldInfo)member).FieldType, new NullabilityInfoContext().Create((FieldInfo)member));
        var value = Nullable.GetUnderlyingType(type);
        var optional = value is not null || (!type.IsValueType && nullability.ReadState == NullabilityState.Nullable);
        var text = Of(value ?? type);
        return optional ? text + " | None" : text;
    }

    /// <summary>What Python's <c>repr</c> gives for a field's type: of the text under <c>from __future__ import annotations</c>, else of
    /// the type.</summary>
    public static string Repr(string annotation, bool evaluated)
    {
        if (!evaluated)
            return PythonText.Repr(annotation);

        var text = Names().Replace(annotation, m => Modules.GetValueOrDefault(m.Value)
            ?? (m.Value.StartsWith("np.", StringComparison.Ordinal) ? "numpy." + m.Value[3..] : m.Value));
        var plain = Names().Match(text) is { Index: 0 } whole && whole.Length == text.Length;
        return plain && text != "None" && !text.StartsWith("typing.", StringComparison.Ordinal) ? $"<class '{text}'>" : text;
    }

    /// <summary>Whether the format has a place for the type itself.</summary>
    public static bool IsScalarOrArray(Type type) => Array.Exists(Known, k => k.Type == type);

    /// <summary>Whether a property of this type could be given anything that is stored as it is.</summary>
    public static bool TakesScalarOrArray(Type type) => Array.Exists(Known, k => k.Type != typeof(object) && type.IsAssignableFrom(k.Type));

    public static bool IsDictionary(Type type) => typeof(IDictionary).IsAssignableFrom(type)
        || type.GetInterfaces().Append(type).Any(i => i.IsGenericType
            && (i.GetGenericTypeDefinition() == typeof(IDictionary<,>) || i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)));

    private static string Of(Type type) => type switch
    {
        _ when Array.Find(Known, a => a.Type == type).Annotation is { } known => known,
        _ when typeof(ITensorValue).IsAssignableFrom(type) => "torch.Tensor",
        // TorchSharp's types are named as PyTorch's are, and this assembly knows no library of tensors.
        { Namespace: "TorchSharp", FullName: { } name } => name["TorchSharp.".Length..].Replace('+', '.'),
        // On disk the part is a plain array, and Python reads it as one.
        _ when typeof(IShard).IsAssignableFrom(type) => Of(type.GetGenericArguments()[0]),
        _ when typeof(ITuple).IsAssignableFrom(type) => "tuple",
        _ when IsDictionary(type) => "dict",
        _ when typeof(IEnumerable).IsAssignableFrom(type) => "list",
        _ => type.Name,
    };

    [GeneratedRegex(@"[A-Za-z_][\w.]*")]
    private static partial Regex Names();
}

/// <summary>What enters the schema hash for a dataclass field's default: the original takes the type of a default's value, or the name of
/// its factory, never the value itself.</summary>
internal static partial class FieldDefault
{
    public const string Required = "required";

    private static readonly string[] Builtins = ["list", "dict", "set", "tuple", "int", "float", "str", "bool"];

    /// <param name="said">The source's words (<c>None</c>, <c>()</c>, <c>0.5</c>, <c>field(default_factory=list)</c>), or the hash's own
    /// (<c>default:builtins.int</c>, <c>factory:module.Class</c>); null for a required field.</param>
    /// <exception cref="SpecException">The words are unknown.</exception>
    public static string Of(string? said, string member)
    {
        var text = said?.Trim();
        if (text is null or Required || text.StartsWith("default:", StringComparison.Ordinal)
            || text.StartsWith("factory:", StringComparison.Ordinal))
        {
            return text ?? Required;
        }

        if (Factory().Match(text) is { Success: true } factory)
            return "factory:" + Module(factory.Groups[1].Value);

        var value = Given().Match(text) is { Success: true } given ? given.Groups[1].Value : text;
        return TypeOf(value.Trim()) is { } type ? "default:" + type : throw new SpecException(
            $"{member}: the default '{said}' is unknown. Write it as the Python source does (None, 0, 0.5, 'text', (), "
            + "field(default_factory=list)), or as it enters the hash: default:module.Type, or factory:module.name.");
    }

    private static string? TypeOf(string value) => value switch
    {
        "None" => "builtins.NoneType",
        "True" or "False" => "builtins.bool",
        _ when value.StartsWith('(') && value.EndsWith(')') => "builtins.tuple",
        _ when Text().IsMatch(value) => "builtins.str",
        _ when Whole().IsMatch(value) => "builtins.int",
        _ when Number().IsMatch(value) => "builtins.float",
        _ when TorchDType().IsMatch(value) => "torch.dtype",
        _ when Call().Match(value) is { Success: true } call => Module(call.Groups[1].Value),
        _ => null,
    };

    private static string Module(string name) => name switch
    {
        "datetime" or "date" or "timedelta" => "datetime." + name,
        _ when name.StartsWith("np.", StringComparison.Ordinal) => "numpy." + name[3..],
        _ when Builtins.Contains(name) => "builtins." + name,
        _ => name,
    };

    [GeneratedRegex(@"^(?:\w+\.)?field\(\s*default_factory\s*=\s*([A-Za-z_][\w.]*)\s*\)$")]
    private static partial Regex Factory();

    [GeneratedRegex(@"^(?:\w+\.)?field\(\s*default\s*=\s*(.*)\)$")]
    private static partial Regex Given();

    [GeneratedRegex("""^(?:'[^']*'|"[^"]*")$""")]
    private static partial Regex Text();

    [GeneratedRegex(@"^[+-]?(?:\d[\d_]*|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?$|^float\(.*\)$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^torch\.(?:b?float\d*|double|half|u?int\d*|long|short|bool|complex\d+|cfloat|cdouble|uint8)$")]
    private static partial Regex TorchDType();

    [GeneratedRegex(@"^([A-Za-z_][\w.]*)\(.*\)$")]
    private static partial Regex Call();
}
