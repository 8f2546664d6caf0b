using System.Text;
using Cairn.Storage.Durable;

namespace Cairn.Storage.Tests.Durable;

public sealed class Crc32CTests
{
    /// <summary>RFC 3720, appendix B.4, and the check value of the CRC catalogue.</summary>
    public static TheoryData<byte[], uint> Known => new()
    {
        { [], 0 },
        { Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },
        { new byte[32], 0x8A9136AA },
        { Enumerable.Repeat((byte)0xFF, 32).ToArray(), 0x62A8AB43 },
        { Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 0x46DD794E },
        { Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray(), 0x113FDB5C },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void Known_vectors_agree(byte[] bytes, uint expected) => Assert.Equal(expected, Crc32C.Compute(bytes));

    [Fact]
    public void Pieces_of_any_size_give_the_same_as_the_whole()
    {
        var random = new Random(11);
        var bytes = new byte[200_000];
        random.NextBytes(bytes);
        var expected = Bitwise(bytes);
        uint crc = 0;
        for (var at = 0; at < bytes.Length;)
        {
            var next = Math.Min(bytes.Length, at + random.Next(0, random.Next(2) == 0 ? 40 : 40_000));
            crc = Crc32C.Append(crc, bytes.AsSpan(at..next));
            at = next;
        }

        Assert.Equal(expected, crc);
        Assert.Equal(expected, Crc32C.Compute(bytes));
        Assert.Equal(expected, Crc32C.Compute(new MemoryStream(bytes)));
    }

    /// <summary>The definition, one bit at a time (reflected polynomial 0x82F63B78).</summary>
    private static uint Bitwise(byte[] bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
        }

        return ~crc;
    }
}
