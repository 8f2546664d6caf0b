using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Serialization;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Everything of Cairn's that is sent to another process or kept in a journal goes through here, under a name and a version that
/// stay; no CLR type is ever named.
/// </summary>
/// <remarks>Made by Akka from <see cref="Settings"/>. Another table than Cairn's comes in a <see cref="MessageSetup"/>.</remarks>
public sealed class CairnSerializer : SerializerWithStringManifest
{
    /// <summary>
    /// Bound to everything that Akka's own serializers do not take, so that an unlisted record fails loudly. Akka's default serializer,
    /// which names CLR types and creates any type that it is asked for, is removed.
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

    /// <summary>For tests: every message passes through its bytes, also between actors of one process.</summary>
    /// <remarks>What Akka sends itself has serializers of its own with Akka.Remote; they are bound here for a local system too.</remarks>
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

    /// <summary>Called by Akka, which has settings for the serializer whose place this one takes.</summary>
    public CairnSerializer(ExtendedActorSystem system, Config settings) : this(system) => _ = settings;

    /// <summary>In the envelope of every message and in every journal: it never changes.</summary>
    public override int Identifier => 7201;

    /// <inheritdoc/>
    public override string Manifest(object o) => _table.ManifestOf(o).ToString();

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => Serialization.WithTransport(system, (_table, obj), static s => s._table.Write(s.obj));

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        Serialization.WithTransport(system, (_table, manifest, bytes), static s => s._table.Read(s.manifest, s.bytes));
}

/// <summary>Gives a system a table of messages of its own; without, it has Cairn's.</summary>
/// <param name="table">The table.</param>
public sealed class MessageSetup(MessageTable table) : Setup
{
    /// <summary>The table.</summary>
    public MessageTable Table => table;
}

/// <summary>A reference to an actor is its path with the address that others reach it under.</summary>
internal sealed class ActorRefJsonConverter : JsonConverter<IActorRef>
{
    /// <inheritdoc/>
    public override IActorRef Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var path = reader.GetString() ?? "";
        return ActorPath.TryParse(path, out _)
            ? ((ExtendedActorSystem)Serialization.GetCurrentTransportInformation().System).Provider.ResolveActorRef(path)
            : throw new JsonException($"'{path}' is not the path of an actor");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IActorRef value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Serialization.SerializedActorPath(value));
}
