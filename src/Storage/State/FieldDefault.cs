using System.Text.RegularExpressions;

namespace Cairn.Storage.State;

/// <summary>
/// What enters the schema hash for a dataclass field's default: the original takes the type of a default's value, or the name of its
/// factory, never the value itself.
/// </summary>
internal static partial class FieldDefault
{
    public const string Required = "required";

    private static readonly string[] Builtins = ["list", "dict", "set", "tuple", "int", "float", "str", "bool"];

    /// <param name="said">The source's words (<c>None</c>, <c>()</c>, <c>0.5</c>, <c>field(default_factory=list)</c>), or the hash's
    /// own (<c>default:builtins.int</c>, <c>factory:module.Class</c>); null for a required field.</param>
    /// <param name="member">The member, for a refusal.</param>
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
        {
            return "factory:" + Module(factory.Groups[1].Value);
        }

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
