using System.Numerics;
using Cairn.Storage.Words;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Chm;

/// <summary>What a checkpoint's JSON says: when the run goes on, and which file belongs to which rank.</summary>
/// <param name="Time">Where the next step starts.</param>
/// <param name="Files">The ranks' NetCDF files in the order of the ranks, relative to the JSON's folder, with <c>/</c>.</param>
public sealed record ChmManifest(ChmTime Time, IReadOnlyList<string> Files)
{
    /// <summary>How many ranks wrote the checkpoint.</summary>
    public int Ranks => Files.Count;

    /// <summary>Size and CRC-32C of each file, which Cairn adds (CHM reads the keys that it knows and ignores these); null if CHM wrote
    /// it.</summary>
    public IReadOnlyList<ChmFileDigest>? Digests { get; init; }

    /// <summary>The JSON as CHM writes it.</summary>
    public byte[] Write() => ChmManifestJson.Write(this);

    /// <summary>Reads a JSON that CHM or Cairn wrote: values may be strings or numbers, slashes may be escaped.</summary>
    /// <param name="bytes">The JSON.</param>
    /// <param name="path">What to call it in messages.</param>
    /// <exception cref="DataException">It is no JSON, lacks something, or contradicts itself; the message names it and the key.</exception>
    public static ChmManifest Read(ReadOnlyMemory<byte> bytes, string path) => ChmManifestJson.Read(bytes, path);
}

/// <summary>What a rank's file must be to be whole.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Crc32C">Its CRC-32C.</param>
public sealed record ChmFileDigest(long Bytes, uint Crc32C);

/// <summary>The JSON of a checkpoint, in the form of boost's property tree, which CHM writes and reads with: every value is a string,
/// slashes are escaped, objects and arrays are indented by four.</summary>
internal static class ChmManifestJson
{
    /// <summary>More ranks than any machine has; a larger number is a defect.</summary>
    private const int MostRanks = 1_000_000;

    public static byte[] Write(ChmManifest manifest)
    {
        var text = new StringBuilder("{\n");
        text.Append(CultureInfo.InvariantCulture, $"    \"ranks\": \"{manifest.Ranks}\",\n");
        text.Append(CultureInfo.InvariantCulture, $"    \"restart_time_sec\": \"{manifest.Time.Seconds}\",\n");
        text.Append(CultureInfo.InvariantCulture, $"    \"startdate\": \"{manifest.Time.Name}\",\n");
        Append(text, "files", manifest.Files.Select(f => f.Replace("/", "\\/", StringComparison.Ordinal)));
        if (manifest.Digests is { } digests)
        {
            Append(text.Append(",\n"), "bytes", digests.Select(d => d.Bytes.ToString(CultureInfo.InvariantCulture)));
            Append(text.Append(",\n"), "crc32c", digests.Select(d => Crc32C.Text(d.Crc32C)));
        }

        return Encoding.ASCII.GetBytes(text.Append("\n}\n").ToString());
    }

    public static ChmManifest Read(ReadOnlyMemory<byte> bytes, string path)
    {
        var map = PythonJson.ReadObject(bytes, path);
        var ranks = (int)Whole(map, "ranks", 1, MostRanks, path);
        var files = Texts(map, "files", path);
        if (files.Count != ranks)
            throw new DataException(
                $"{path} lists {Count.Of(files.Count, "file")} for {Count.Of(ranks, "rank")}; expected one file for each rank.");

        if (files.GroupBy(f => f).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new DataException($"{path} lists the file {twice.Key} for two ranks; expected one file for each rank.");

        return new ChmManifest(Time(map, path), files) { Digests = Digests(map, ranks, path) };
    }

    private static ChmTime Time(JObject map, string path)
    {
        var seconds = Whole(map, "restart_time_sec", 0, long.MaxValue, path);
        var name = Text(map, "startdate", path);
        if (!ChmTime.TryParseName(name, out var time))
            throw new DataException($"{path}: startdate is '{name}'; expected a time like 20191227T160000.");

        return time.Seconds == seconds ? time : throw new DataException(
            $"{path} contradicts itself: startdate is {name}, {time.Seconds} seconds since 1970, but restart_time_sec is {seconds}.");
    }

    private static List<ChmFileDigest>? Digests(JObject map, int ranks, string path)
    {
        if (!map.ContainsKey("bytes") && !map.ContainsKey("crc32c"))
            return null;

        var sizes = Texts(map, "bytes", path);
        var crcs = Texts(map, "crc32c", path);
        if (sizes.Count != ranks || crcs.Count != ranks)
            throw new DataException(
                $"{path} gives {sizes.Count} sizes (bytes) and {crcs.Count} checksums (crc32c) for {ranks} files; expected one of each.");

        return [.. sizes.Zip(crcs, (size, crc) => Digest(size, crc, path))];
    }

    private static ChmFileDigest Digest(string size, string crc, string path) =>
        long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && crc.Length == 8
        && uint.TryParse(crc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sum)
            ? new ChmFileDigest(bytes, sum)
            : throw new DataException(
                $"{path} gives '{size}' and '{crc}' as size and checksum of a file; expected bytes and eight hexadecimal digits.");

    private static long Whole(JObject map, string key, long least, long most, string path)
    {
        var text = Text(map, key, path);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new DataException($"{path}: {key} is '{text}'; expected a whole number from {least} to {most}.");
    }

    private static string Text(JObject map, string key, string path) => map.TryGetValue(key, StringComparison.Ordinal, out var token)
        ? Text(token, key, path)
        : throw new DataException($"{path} has no {key}; expected the JSON of a CHM checkpoint.");

    private static string Text(JToken token, string key, string path) => (token as JValue)?.Value switch
    {
        string text => text,
        long or int or ulong or uint or BigInteger => token.ToString(Newtonsoft.Json.Formatting.None),
        _ => throw new DataException($"{path}: {key} holds {Kind(token)}; expected a string or a whole number."),
    };

    private static List<string> Texts(JObject map, string key, string path) => map.TryGetValue(key, StringComparison.Ordinal, out var token)
        ? token is JArray list
            ? [.. list.Select(item => Text(item, key, path))]
            : throw new DataException($"{path}: {key} holds {Kind(token)}; expected a list.")
        : throw new DataException($"{path} has no {key}; expected one for each rank.");

    private static string Kind(JToken token) => token switch
    {
        JObject => "an object",
        JArray => "a list",
        _ => token.ToString(Newtonsoft.Json.Formatting.None),
    };

    private static void Append(StringBuilder text, string key, IEnumerable<string> values) =>
        text.Append(CultureInfo.InvariantCulture, $"    \"{key}\": [\n").AppendJoin(",\n", values.Select(v => $"        \"{v}\""))
            .Append("\n    ]");
}
