using System.Text;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.NetCdf;

public sealed class Hdf5FrameTests
{
    /// <summary>The values that Jenkins gives in lookup3.c for these texts with the initial value 0.</summary>
    [Theory]
    [InlineData("", 0xdeadbeef)]
    [InlineData("Four score and seven years ago", 0x17770551)]
    public void The_checksum_is_that_of_its_author(string text, uint expected) =>
        Assert.Equal(expected, Lookup3.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_frame_that_is_laid_out_otherwise_is_left_alone()
    {
        var frame = Frame(chunked: false);
        Refused(frame, ["a", "b", "c"], 80);
        Refused(frame, ["a", "b"], 88);
        Refused(frame[..^1], ["a", "b"], 80);
        Refused([.. frame, 0], ["a", "b"], 80);
        Refused([], ["a", "b"], 80);
        Refused(frame, ["a", "a"], 80);
        Refused(frame, ["a", "c"], 80);
        Refused(Frame(chunked: true), ["a", "b"], 80);
        var header = frame.AsSpan().IndexOf("OHDR\x02"u8);
        while (frame.AsSpan(header + 1).IndexOf("OHDR\x02"u8) >= 0)
            header += 1 + frame.AsSpan(header + 1).IndexOf("OHDR\x02"u8);

        // The last header is of a variable; with a bit flipped its checksum no longer holds, so it was not understood.
        var damaged = frame.ToArray();
        damaged[header + 8] ^= 1;
        Refused(damaged, ["a", "b"], 80);

        Assert.True(Hdf5Frame.TryPlaceValues(frame, ["a", "b"], 80));
    }

    private static void Refused(byte[] frame, string[] variables, long bytesEach)
    {
        var before = frame.ToArray();

        Assert.False(Hdf5Frame.TryPlaceValues(frame, variables, bytesEach));
        Assert.Equal(before, frame);
    }

    private static byte[] Frame(bool chunked)
    {
        using var file = NetCdfWriter.CreateInMemory("frame");
        file.DefineDimension("x", 10);
        file.DefineVariable("a", NetCdfType.Double, ["x"], chunked ? new NetCdfStorage([5], 0) : null);
        file.DefineVariable("b", NetCdfType.Double, ["x"]);
        file.EndDefinition();
        return file.CloseInMemory();
    }
}
