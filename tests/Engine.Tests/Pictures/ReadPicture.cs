using System.Buffers.Binary;
using System.IO.Compression;

namespace Cairn.Engine.Tests.Pictures;

/// <summary>A picture taken apart by other code than that which made it: the facts, and the planes of each variable.</summary>
internal sealed partial class ReadPicture(string html)
{
    public const int Mean = 0;
    public const int Spread = 1;
    public const int FirstMember = 2;

    public string Html => html;
    public JsonObject Facts { get; } = (JsonObject)JsonNode.Parse(FactsText().Match(html).Groups[1].Value)!;
    public double[] Numbers(string grid, string axis) => [.. Facts[grid]![axis]!.AsArray().Select(v => v!.GetValue<double>())];
    public string[] Texts(string key) => [.. Facts[key]!.AsArray().Select(v => v!.GetValue<string>())];

    /// <summary>The planes of the variable at an index: values in drawing order, and the step between two codes.</summary>
    public Dictionary<(int Slot, int LeadTime), (double[] Values, double Step)> Planes(int variable)
    {
        var packed = Convert.FromBase64String(Regex.Match(html, $"id=\"block-{variable}\">([^<]*)<").Groups[1].Value);
        using var plain = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        plain.CopyTo(bytes);
        var planes = new Dictionary<(int, int), (double[], double)>();
        for (var rest = bytes.ToArray().AsSpan(); rest.Length > 0;)
        {
            var slot = BinaryPrimitives.ReadInt32LittleEndian(rest);
            var grid = Facts[slot < FirstMember ? "statistics" : "member"]!;
            var (width, bits) = (grid["columns"]!.AsArray().Count, grid["bits"]!.GetValue<int>());
            var points = width * grid["rows"]!.AsArray().Count;
            var offset = BinaryPrimitives.ReadDoubleLittleEndian(rest[8..]);
            var step = BinaryPrimitives.ReadDoubleLittleEndian(rest[16..]);
            var codes = Codes(rest[24..], points, width, bits);
            var values = Array.ConvertAll(codes, c => c == 0 ? double.NaN : offset + (step * (c - 1)));
            planes.Add((slot, BinaryPrimitives.ReadInt32LittleEndian(rest[4..])), (values, step));
            rest = rest[(24 + (points * bits / 8))..];
        }
        return planes;
    }

    private static int[] Codes(ReadOnlySpan<byte> bytes, int points, int width, int bits)
    {
        var codes = new int[points];
        for (var i = 0; i < points; i++)
        {
            var folded = bits == 8 ? 0 : (bytes[i] * 256) + bytes[points + i];
            var residue = bits == 8 ? bytes[i] : folded % 2 == 0 ? folded / 2 : -(folded + 1) / 2;
            var west = i % width == 0 ? 0 : codes[i - 1];
            var north = i < width ? 0 : codes[i - width];
            var corner = i % width == 0 || i < width ? 0 : codes[i - width - 1];
            codes[i] = (residue + west + north - corner) & ((1 << bits) - 1);
        }
        return codes;
    }

    [GeneratedRegex("id=\"factsData\">([^<]*)</script>")]
    private static partial Regex FactsText();
}
