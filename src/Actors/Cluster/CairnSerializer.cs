using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Serializes every message of Cairn to other processes and journals, under a permanent name and version; no CLR type is named.
/// </summary>
/// <remarks>Akka creates it from <see cref="Settings"/>. A <see cref="MessageSetup"/> replaces Cairn's message table.</remarks>
public sealed class CairnSerializer : SerializerWithStringManifest
{
    /// <summary>
    /// Bound to everything that Akka's own serializers do not handle, so that an unlisted type fails. It replaces Akka's default
    /// serializer, which names CLR types and would create any.
    /// </summary>
    public static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka.actor {
          serializers {
            cairn = "Cairn.Actors.Cluster.CairnSerializer, Cairn.Actors"
            json = "Cairn.Actors.Cluster.CairnSerializer, Cairn.Actors"
          }
          serialization-bindings {
            "System.Object" = cairn
          }
        }
        """);

    /// <summary>For tests: every message is serialized, also between actors of one process.</summary>
    /// <remarks>Akka's own messages have serializers in Akka.Remote, which are bound here for a local system, too.</remarks>
    public static readonly Config EveryMessage = ConfigurationFactory.ParseString("""
        akka.actor {
          serialize-messages = on
          serializers.akka-misc = "Akka.Remote.Serialization.MiscMessageSerializer, Akka.Remote"
          serialization-bindings {
            "Akka.Actor.Identify, Akka" = akka-misc
            "Akka.Actor.ActorIdentity, Akka" = akka-misc
            "Akka.Actor.IActorRef, Akka" = akka-misc
            "Akka.Actor.PoisonPill, Akka" = akka-misc
            "Akka.Actor.Kill, Akka" = akka-misc
            "Akka.Actor.Status+Failure, Akka" = akka-misc
            "Akka.Actor.Status+Success, Akka" = akka-misc
          }
          serialization-identifiers."Akka.Remote.Serialization.MiscMessageSerializer, Akka.Remote" = 16
        }
        """).WithFallback(Settings);

    private readonly MessageTable _table;

    /// <summary>Called by Akka.</summary>
    public CairnSerializer(ExtendedActorSystem system) : base(system)
    {
        var setup = system.Settings.Setup.Get<MessageSetup>();
        _table = setup.HasValue ? setup.Value.Table : CairnMessages.Table;
    }

    /// <summary>Called by Akka, which passes settings to the serializer that this one replaces.</summary>
    public CairnSerializer(ExtendedActorSystem system, Config settings) : this(system) => _ = settings;

    /// <summary>It is in every message's envelope and in every journal, and never changes.</summary>
    public override int Identifier => 7201;

    public override string Manifest(object o) => _table.ManifestOf(o).ToString();

    public override byte[] ToBinary(object obj) => Serialization.WithTransport(system, (_table, obj), static s => s._table.Write(s.obj));

    public override object FromBinary(byte[] bytes, string manifest) =>
        Serialization.WithTransport(system, (_table, manifest, bytes), static s => s._table.Read(s.manifest, s.bytes));
}

/// <summary>Gives a system another message table than Cairn's.</summary>
/// <param name="table">The table.</param>
public sealed class MessageSetup(MessageTable table) : Setup
{
    public MessageTable Table => table;
}

/// <summary>An actor reference is written as its path with its public address.</summary>
internal sealed class ActorRefJsonConverter : JsonConverter<IActorRef>
{
    public override IActorRef Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var path = reader.GetString() ?? "";
        return ActorPath.TryParse(path, out _)
            ? ((ExtendedActorSystem)Serialization.GetCurrentTransportInformation().System).Provider.ResolveActorRef(path)
            : throw new JsonException($"'{path}' is not the path of an actor");
    }

    public override void Write(Utf8JsonWriter writer, IActorRef value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Serialization.SerializedActorPath(value));
}
