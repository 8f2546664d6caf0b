using System.Security.Cryptography;
using System.Text;
using Cairn.Engine.Runs;

namespace Cairn.Engine.Rollouts;

/// <summary>A digest over everything that shapes a run's numbers.</summary>
public static class SpecDigest
{
    /// <summary>Lower-case hexadecimal SHA-256 over <c>key=value</c> lines, in the given order.</summary>
    public static string Of(IReadOnlyList<SpecEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return OfText(string.Concat(entries.Select(e => $"{e.Key}={e.Value}\n")));
    }

    /// <summary>Lower-case hexadecimal SHA-256 of a text in UTF-8.</summary>
    public static string OfText(string text)
    {
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
