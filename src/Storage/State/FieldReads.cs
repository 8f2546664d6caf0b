using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Cairn.Storage.State;

/// <summary>Which field a property returns, told by the property's own code.</summary>
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
        {
            return false;
        }

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
