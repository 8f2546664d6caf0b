using System.Runtime.Serialization;
using System.Text;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>What goes out of a process comes back as it was, or is refused in words that tell what to do.</summary>
public sealed class CairnSerializerTests : TestKit
{
    private const int Seed = 20261129;

    private static readonly SamplePlace[] Places = [new(0, 3)];

    public CairnSerializerTests() : base(
        ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(CairnSerializer.EveryMessage.WithFallback(DefaultConfig)),
            new MessageSetup(SampleMessages.Table)),
        "messages")
    {
    }

    private Akka.Serialization.Serialization Serialization => ((ExtendedActorSystem)Sys).Serialization;

    [Fact]
    public void A_message_goes_under_its_name_and_version_and_names_no_type()
    {
        var (manifest, bytes) = Write(new SampleOrder("r1", 7, SampleKind.HalfDone, TestActor, double.NaN, Places));

        Assert.Equal("sample-order/1", manifest);
        Assert.Equal(
            $$"""{"run":"r1","epoch":7,"kind":"half-done","replyTo":"{{PathOf(TestActor)}}","rate":"NaN","places":[{"first":0,"last":3}],"""
                + "\"key\":null}",
            Encoding.UTF8.GetString(bytes).Replace("\\u002B", "+", StringComparison.Ordinal));
    }

    [Fact]
    public void Any_listed_message_comes_back_as_it_was() => RoundTrips(SampleMessages.Table);

    [Fact]
    public void Any_message_of_Cairn_comes_back_as_it_was() => RoundTrips(CairnMessages.Table);

    [Fact]
    public void A_reference_that_went_through_bytes_still_reaches_its_actor()
    {
        var back = (SampleOrder)Read(Write(new SampleOrder("r1", 1, SampleKind.Plain, TestActor, null, Places)));

        back.ReplyTo.Tell(new SampleReport("r1", TimeSpan.Zero, DateTimeOffset.UnixEpoch));

        ExpectMsg<SampleReport>();
    }

    [Fact]
    public void A_record_that_nobody_listed_fails_loudly()
    {
        var error = Assert.Throws<SerializationException>(() => Serialization.Serialize(new Unlisted(1)));

        Assert.Contains("Unlisted is not in a list of messages", error.Message, StringComparison.Ordinal);
        EventFilter.Error(contains: "Swallowing exception during message send").ExpectOne(() => TestActor.Tell(new Unlisted(1)));
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Older_versions_are_read_as_the_newest() => Assert.All(
        new[]
        {
            ("sample-report/1", """{"run":"r","minutes":90,"at":"2026-01-01T00:00:00+00:00"}"""),
            ("sample-report/2", """{"run":"r","hours":1.5,"at":"2026-01-01T00:00:00+00:00"}"""),
            ("sample-report/3", """{"run":"r","leadTime":"01:30:00","at":"2026-01-01T00:00:00+00:00"}"""),
        },
        older => Assert.Equal(
            new SampleReport("r", TimeSpan.FromMinutes(90), new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
                Read((older.Item1, Bytes(older.Item2)))));

    [Theory]
    [InlineData("sample-report/4", "this Cairn knows versions 1 to 3 of 'sample-report'. A newer Cairn wrote it: update this one.")]
    [InlineData("sample-gone/1", "This Cairn has no message 'sample-gone'")]
    [InlineData("System.Diagnostics.Process, System", "is not a message manifest")]
    [InlineData("sample-report", "is not a message manifest")]
    [InlineData("sample-report/0", "is not a message manifest")]
    [InlineData("sample-report/99999999999999999999", "is not a message manifest")]
    [InlineData("", "is not a message manifest")]
    public void An_unknown_manifest_is_refused_with_what_is_known(string manifest, string words)
    {
        var error = Assert.Throws<SerializationException>(() => Read((manifest, "{}"u8.ToArray())));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Akkas_default_serializer_is_gone()
    {
        var error = Assert.Throws<SerializationException>(() => Serialization.Deserialize("{}"u8.ToArray(), 1, "System.Object"));

        Assert.Contains("Cannot find serializer with id [1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_a_newer_Cairn_added_is_skipped_and_one_that_an_older_left_out_has_its_default()
    {
        var order = (SampleOrder)Read(("sample-order/1", Bytes(
            "{\"run\":\"r\",\"epoch\":1,\"kind\":\"plain\",\"replyTo\":\"" + PathOf(TestActor)
                + "\",\"rate\":null,\"places\":[],\"newer\":{\"a\":[1]}}")));

        Assert.Null(order.Key);
        Assert.Equal(TestActor, order.ReplyTo);
    }

    [Theory]
    [InlineData("""null""")]
    [InlineData("""[]""")]
    [InlineData("""{}""")]
    [InlineData("""{"run":null,"leadTime":"01:00:00","at":"2026-01-01T00:00:00+00:00"}""")]
    [InlineData("""{"run":"a","run":"b","leadTime":"01:00:00","at":"2026-01-01T00:00:00+00:00"}""")]
    [InlineData("""{"run":"a","leadTime":"soon","at":"2026-01-01T00:00:00+00:00"}""")]
    [InlineData("""{"run":"a","leadTime":3600,"at":"2026-01-01T00:00:00+00:00"}""")]
    [InlineData("""{"run":"a","leadTime":"01:00:00","at":"2026-01-01T00:00:00+00:00"} {}""")]
    public void A_wrong_shape_is_refused_with_manifest_and_size(string json)
    {
        foreach (var manifest in new[] { "sample-report/3", "sample-report/1" })
        {
            var error = Assert.Throws<SerializationException>(() => Read((manifest, Bytes(json))));
            Assert.StartsWith($"{json.Length} bytes received as {manifest} are not such a message: ", error.Message,
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"fact":{"kind":"unheard-of","place":null},"counts":{}}""")]
    [InlineData("""{"fact":{"place":null},"counts":{}}""")]
    [InlineData("""{"fact":{"$type":"System.Object"},"counts":{}}""")]
    public void An_unknown_kind_within_a_message_is_refused(string json) =>
        Assert.Throws<SerializationException>(() => Read(("sample-event/1", Bytes(json))));

    [Fact]
    public void Noise_and_damaged_messages_are_refused_and_nothing_else_is_thrown()
    {
        var random = new Random(Seed);
        var any = new AnyMessage(random, () => TestActor);
        for (var i = 0; i < 1000; i++)
        {
            var manifest = SampleMessages.Table.Manifests[random.Next(3)];
            var bytes = SampleMessages.Table.Write(any.Of(manifest.Type));
            Damage(random, ref bytes);
            var version = 1 + random.Next(3);
            var error = Record.Exception(() => Read(($"{manifest.Name}/{version}", bytes)));
            Assert.True(error is null or SerializationException, $"seed {Seed}, case {i}: {error}");
        }
    }

    [Fact]
    public void A_message_too_large_for_a_frame_is_refused_where_it_is_written_and_where_it_is_read()
    {
        var large = new SampleReport(new string('x', MessageTable.MaxBytes), TimeSpan.Zero, DateTimeOffset.UnixEpoch);
        var written = Assert.Throws<SerializationException>(() => Serialization.Serialize(large));
        var read = Assert.Throws<SerializationException>(() => Read(("sample-report/3", new byte[MessageTable.MaxBytes + 1])));

        Assert.Contains("A sample-report/3 to write has", written.Message, StringComparison.Ordinal);
        Assert.Contains($"a message may have at most {MessageTable.MaxBytes}", read.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_refuses_two_messages_of_one_name_and_a_message_that_its_context_lacks()
    {
        MessageList twice = new(SampleMessagesJson.Default, MessageManifest.Of<SampleOrder>("a"), MessageManifest.Of<SampleReport>("a"));
        MessageList lacking = new(SampleMessagesJson.Default, MessageManifest.Of<Unlisted>("unlisted"));

        Assert.Contains("listed twice", Assert.Throws<ArgumentException>(() => new MessageTable(twice)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "[JsonSerializable(typeof(Unlisted))] is missing",
            Assert.Throws<SerializationException>(() => new MessageTable(lacking).JsonOf(lacking.Manifests[0])).Message,
            StringComparison.Ordinal);
    }

    private void RoundTrips(MessageTable table)
    {
        var any = new AnyMessage(new Random(Seed), () => TestActor);
        foreach (var manifest in table.Manifests)
        {
            for (var i = 0; i < 50; i++)
            {
                var message = any.Of(manifest.Type);
                var bytes = Akka.Serialization.Serialization.WithTransport((ExtendedActorSystem)Sys, () => table.Write(message));
                var back = Akka.Serialization.Serialization.WithTransport((ExtendedActorSystem)Sys, () => table.Read($"{manifest}", bytes));
                Assert.True(AnyMessage.Difference(message, back) is null,
                    $"seed {Seed}, {manifest}, {i}: {AnyMessage.Difference(message, back)}");
            }
        }
    }

    private static void Damage(Random random, ref byte[] bytes)
    {
        switch (random.Next(3))
        {
            case 0:
                random.NextBytes(bytes);
                break;
            case 1:
                bytes = bytes[..random.Next(bytes.Length)];
                break;
            default:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                break;
        }
    }

    private (string Manifest, byte[] Bytes) Write(object message)
    {
        var serializer = Assert.IsType<CairnSerializer>(Serialization.FindSerializerFor(message));
        return (serializer.Manifest(message), serializer.ToBinary(message));
    }

    private object Read((string Manifest, byte[] Bytes) message) => Serialization.Deserialize(message.Bytes, 7201, message.Manifest);

    private string PathOf(IActorRef actor) =>
        actor.Path.ToSerializationFormatWithAddress(((ExtendedActorSystem)Sys).Provider.DefaultAddress);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
