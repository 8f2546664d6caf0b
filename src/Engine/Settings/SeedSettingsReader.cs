using System.Net;
using Cairn.Engine.Runs;
using Cairn.Hocon.Values;

namespace Cairn.Engine.Settings;

/// <summary>Reads <c>seed</c>.</summary>
internal static class SeedSettingsReader
{
    private const int MinBody = 1 << 10, MostBody = 64 << 20;

    public static SeedSettings Read(SettingReader reader)
    {
        var usual = new SeedSettings { Roots = [] };
        return usual with
        {
            Address = reader.Read("seed.address", usual.Address, false, "an IP address of this machine, 0.0.0.0 or :: for all of them",
                (HoconScalar scalar, out IPAddress address) =>
                    IPAddress.TryParse(scalar.Text == "localhost" ? "127.0.0.1" : scalar.Text, out address!)),
            Port = reader.Integer("seed.port", usual.Port, 0, ushort.MaxValue, "the port to listen on, 0 for any"),
            Roots = [.. Texts(reader, "seed.roots", ["."]).Select(r => Path.GetFullPath(r, reader.Context.WorkingDirectory))],
            RankCommands = Texts(reader, "seed.rank-commands", usual.RankCommands),
            TokenFile = InputFile(reader, "seed.token-file", "a file with the bearer token"),
            Tls = Tls(reader),
            MaxBody = reader.Read("seed.max-body", usual.MaxBody, false, "a size from 1KiB to 64MiB", TryBody),
            RateRequests = reader.Integer(
                "seed.rate-limit.requests", usual.RateRequests, 1, int.MaxValue, "how many requests a client may send in the window"),
            RateWindow = Duration(reader, "seed.rate-limit.window", usual.RateWindow),
            MaxStreams = reader.Integer("seed.max-streams", usual.MaxStreams, 1, 100_000, "how many event streams may be open"),
            KeepAlive = Duration(reader, "seed.keep-alive", usual.KeepAlive),
            AnswerWithin = Duration(reader, "seed.answer-within", usual.AnswerWithin),
        };
    }

    private static TlsSettings? Tls(SettingReader reader)
    {
        const string certificateKey = "seed.tls.certificate", keyKey = "seed.tls.key";
        var certificate = InputFile(reader, certificateKey, "a certificate, PEM or PFX");
        var key = InputFile(reader, keyKey, "a PEM file with the private key");
        var password = InputFile(reader, "seed.tls.password-file", "a file with the key's password");
        if (certificate is null)
        {
            if (key is not null && reader.Find(certificateKey) is null)
            {
                reader.Wrong(certificateKey, null, "the certificate of seed.tls.key");
            }

            return null;
        }

        var tls = new TlsSettings(certificate, key, password);
        if (tls.IsPfx && key is not null)
        {
            reader.Wrong(keyKey, reader.Find(keyKey), "no such setting beside a PFX file, which holds its key");
        }

        return tls;
    }

    private static string? InputFile(SettingReader reader, string key, string what) =>
        reader.Find(key) is not null && SpecPaths.Input(reader, key, what) is { Length: > 0 } path ? path : null;

    private static IReadOnlyList<string> Texts(SettingReader reader, string key, IReadOnlyList<string> usual)
    {
        if (reader.Find(key) is not { } value)
        {
            return usual;
        }

        var texts = value is HoconArray array ? array.Items.OfType<HoconScalar>().Select(s => s.Text).ToList() : [];
        if (value is HoconArray list && list.Items.Count == texts.Count && texts.TrueForAll(t => t.Length > 0))
        {
            return texts;
        }

        reader.Wrong(key, value, "a list of texts, [\"…\"]; [] for none");
        return [];
    }

    private static bool TryBody(HoconScalar scalar, out int bytes)
    {
        var good = scalar.TrySize(out var size) && size is >= MinBody and <= MostBody;
        bytes = good ? (int)size : MinBody;
        return good;
    }

    private static TimeSpan Duration(SettingReader reader, string key, TimeSpan usual) =>
        reader.Read<TimeSpan?>(
            key, usual, false, "a duration greater than zero with its unit, such as 30s", SettingReader.TryDuration) ?? usual;
}
