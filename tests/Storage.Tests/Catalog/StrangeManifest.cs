using System.Globalization;
using System.Text;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>Random manifests in every spelling that JSON and Python's dialect of it allow, some of them wrong: blanks, orders, escapes,
/// unknown keys, NaN, numbers at the borders, keys given twice, values of another kind.</summary>
internal static class StrangeManifest
{
    private static readonly string[] Scalars =
    [
        """{"kind": "int", "value": 7}""", """{"value": -0, "kind": "int"}""",
        """{"kind": "int", "value": 123456789012345678901234567890}""",
        """{"kind": "int", "value": 1.0}""", """{"kind": "int", "value": true}""", """{"kind": "float", "value": 0.1}""",
        """{"kind": "float", "value": 3}""", """{"kind": "float", "value": NaN}""", """{"kind": "float", "value": -Infinity}""",
        """{"kind": "float", "value": 1e400}""", """{"kind": "float", "value": -0.0}""", """{"kind": "float", "value": 5e-324}""",
        """{"kind": "float", "value": 12345678901234567890}""", """{"kind": "float", "value": 9007199254740993}""",
        """{"kind": "str", "value": "plain"}""", """{"kind": "str", "value": "\u00e4 \ud83c\udf0d \/ \\ \" \n"}""",
        """{"kind": "str", "value": "\ud83c alone"}""", """{"kind": "str", "value": "2026-01-16T00:00:00"}""", """{"kind": "none"}""",
        """{"kind": "bool", "value": false}""", """{"kind": "bool", "value": 0}""",
        """{"kind": "datetime", "value": "2026-01-16T00:00:00+00:00"}""",
        """{"kind": "datetime", "value": "2026-01-16"}""", """{"kind": "datetime", "value": "yesterday"}""",
        """{"kind": "date", "value": "2026-01-16"}""", """{"days": 1, "kind": "timedelta", "microseconds": 5, "seconds": 21600}""",
        """{"days": 99999999999, "kind": "timedelta", "microseconds": 0, "seconds": 0}""", """{"days": 1, "kind": "timedelta"}""",
        """{"kind": "np_timedelta64", "unit": "h", "value": 6}""", """{"kind": "np_timedelta64", "unit": 6, "value": 6}""",
        """{"kind": "np_datetime64", "unit": "h", "value": "2024-01-01T18"}""", """{"kind": "torch_device", "value": "cuda:0"}""",
        """{"kind": "np_dtype", "value": "float32"}""", """{"kind": "tensor", "path": "a.npy", "dtype": "float32", "shape": [2]}""",
        """{"kind": "mystery", "value": 1}""", """{"\u006bind": "int", "v\u0061lue": 8}""", """{"kind": "int", "value": 1, "value": 2}""",
        """{"kind": "int", "value": 1, "more": [null, {"kind": NaN}]}""", "7", "null", "[]",
    ];

    private static readonly string[] Unknown = ["null", "[1, [2, {}]]", "{\"a\": {\"b\": NaN}}", "1e5", "\"\\u0041\"", "Infinity",
        "{\"a\": 1}"];

    /// <summary>A manifest of the commit of that name; it begins with a brace and holds at least one key.</summary>
    public static string Write(Random random, string commitId)
    {
        // Most of a manifest is right, so that both readers get to the strange parts.
        List<(string Key, string Value)> pairs =
        [
            ("version", Pick(random, 40, "1", "2", "1.0", "null", "\"1\"")),
            ("checkpoint", Pick(random, 8, "\"test\"", "null", "\"\\u0074est\"", "5", "\"\"")),
            ("commit_id", Pick(random, 40, $"\"{commitId}\"", "\"other\"", "null", $"\"{commitId.Replace("_",
                "\\u005f", StringComparison.Ordinal)}\"")),
            ("mode", Pick(random, 8, "\"append\"", "\"overwrite\"", "null", "\"x\"")),
            ("write_count", Pick(random, 20, "3", "-1", "3.0", "99999999999", "null")),
            ("rank", Pick(random, 20, "0", "1", "\"0\"")),
            ("world_size", Pick(random, 20, "1", "4", "[]")),
            ("labels", Pick(random, 12, "{}", "null", "{\"site\": \"north\"}", "[]")),
            ("metadata", Pick(random, 30, Payloads(random), "null", "[]", "{}")),
            ("saved_at", Pick(random, 15, "\"2026-01-16T00:03:00.000000+00:00\"", "\"2026-01-16T00:03:00\"", "\"noon\"", "3")),
            ("states", Pick(random, 15, States(random), "null", "{\"a\": 1}", "{\"a\": {\"path\": \"states/x\"}}", "{}")),
            ("epoch", Pick(random, 15, "2", "0", "true")),
            ("sequence", Pick(random, 15, "3", "4.0", "9223372036854775807", "null")),
            ("parent", Pick(random, 15, "null", "\"commit_00000002_0001000000bb\"", "2")),
            ("files", Pick(random, 15, Files("0badf00d"), "null", "{}", "[1]", Files("0badf0"), Files("zzzzzzzz"),
                "[]", Files(" badf00d"))),
        ];
        if (random.Next(3) == 0)
            pairs.Add(("fingerprint", Pick(random, 5, "{\"threads\": \"1\", \"libtorch\": \"1.13\"}", "{}", "{\"threads\": 1}", "null",
                "3")));

        if (random.Next(20) == 0)
            pairs.Add((random.Next(3) switch { 0 => "lead_time", 1 => "shards", _ => "artifacts" }, "{}"));

        pairs.RemoveAll(_ => random.Next(60) == 0);
        for (var extra = random.Next(3); extra > 0; extra--)
            pairs.Add(($"x{random.Next(4)}", random.Next(6) == 0 ? Unknown[random.Next(Unknown.Length)] : "{\"a\": [1, 2.5, null]}"));

        var shuffled = pairs.ToArray();
        random.Shuffle(shuffled);
        return Spell(random, shuffled);
    }

    private static string Spell(Random random, (string Key, string Value)[] pairs)
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < pairs.Length; i++)
        {
            var (key, value) = pairs[i];
            var escaped = random.Next(15) == 0 ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)key[0]:x4}{key[1..]}") : key;
            text.Append(Blank(random)).Append('"').Append(escaped).Append('"').Append(Blank(random)).Append(':').Append(Blank(random))
                .Append(value).Append(Blank(random)).Append(i < pairs.Length - 1 ? "," : "");
        }

        return text.Append('}').Append(random.Next(80) == 0 ? "]" : "").Append(random.Next(60) == 0 ? " // \u00e4" : "\n").ToString();
    }

    private static string Payloads(Random random)
    {
        var names = new[] { "lead_time", "completed_ensembles", "note", "d\\u00e9j\\u00e0", "" };
        random.Shuffle(names);
        return "{" + string.Join(", ", names.Take(random.Next(4)).Select(name => $"\"{name}\": {Payload(random, 0)}")) + "}";
    }

    private static string Payload(Random random, int depth) => (random.Next(8), depth < 3) switch
    {
        (0, true) => $$"""{"kind": "list", "items": [{{Payload(random, depth + 1)}}, {{Payload(random, depth + 1)}}]}""",
        (1, true) => $$"""{"items": [{{Payload(random, depth + 1)}}], "kind": "tuple"}""",
        (2, true) => $$$"""{"kind": "dict", "items": {"a": {{{Payload(random, depth + 1)}}}, "b": {{{Payload(random, depth + 1)}}}}}""",
        _ => random.Next(4) > 0 ? Scalars[random.Next(2) == 0 ? 0 : 14] : Scalars[random.Next(Scalars.Length)],
    };

    private static string States(Random random) => random.Next(2) == 0
        ? """{"tests.Wind": {"path": "states/abc", "schema_hash": "00"}, "tests.\u004eoise": {"schema_hash": "11", "path": "states/def"}}"""
        : """{"tests.Wind": {"path": "states/abc", "schema_hash": "00", "more": 1}}""";

    private static string Files(string digest) =>
        $$"""[{"path": "states/abc/u.npy", "bytes": 152, "crc32c": "{{digest}}"}, {"crc32c": "ffffffff", "path": "b", "bytes": 1}]""";

    /// <summary>The first value, but one time in <paramref name="rarity"/> one of the others.</summary>
    private static string Pick(Random random, int rarity, string usual, params string[] others) =>
        random.Next(rarity) == 0 ? others[random.Next(others.Length)] : usual;

    private static string Blank(Random random) => random.Next(6) switch { 0 => " ", 1 => "\n  ", 2 => "\t\r\n", _ => "" };
}
