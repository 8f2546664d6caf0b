using System.Security.Cryptography;
using System.Text;

namespace Cairn.Actors.Remote;

/// <summary>What a process has to know to be let in: drawn for each launch, and told to what is launched by its environment only.</summary>
internal sealed class ControlSecret
{
    private const int Bytes = 32;

    /// <summary>As text.</summary>
    public string Text { get; } = RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true);

    /// <summary>Whether somebody knows it; takes as long for a near miss as for any other.</summary>
    public bool Is(string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Text), Encoding.UTF8.GetBytes(shown));
}
