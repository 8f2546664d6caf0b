using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cairn.Actors.Members;

namespace Cairn.Actors.Remote;

/// <summary>Messages as bytes: four bytes with the length, the highest first, and as much JSON.</summary>
internal static class WireFormat
{
    /// <summary>No message is longer: a start names a session for each member, and no run has that many.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>The longest first message, from somebody who has shown no secret yet.</summary>
    public const int MaxFirstBytes = 4096;

    private const string Discriminator = "is";
    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        MaxDepth = 16,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { TellKindsApart } },
    };

    /// <summary>A message with its length before it.</summary>
    /// <exception cref="DataException">It is too long.</exception>
    public static byte[] Encode(WireMessage message)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, Options);
        if (body.Length > MaxBytes)
        {
            throw new DataException($"A {message.GetType().Name} message has {body.Length} bytes; a control socket takes {MaxBytes}.");
        }

        var frame = new byte[sizeof(int) + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, sizeof(int));
        return frame;
    }

    /// <summary>The length that the first four bytes of a message tell.</summary>
    /// <exception cref="DataException">It is out of bounds.</exception>
    public static int Length(ReadOnlySpan<byte> head, int most)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        return length > 0 && length <= most
            ? length
            : throw new DataException($"A control socket was to bring a message of 1 to {most} bytes, and announced {length}.");
    }

    /// <summary>The message that some JSON is.</summary>
    /// <exception cref="DataException">It is none.</exception>
    public static WireMessage Decode(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize<WireMessage>(body, Options) ?? throw new JsonException("null is no message");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new DataException($"A control socket brought what is no message of protocol {WireMessage.Version}: {e.Message}", e);
        }
    }

    /// <summary>
    /// What follows from other properties is not sent. The serializer's own option for that spares collections, and all numbers of a
    /// batch's members with each mention of it make a message of some hundred megabytes.
    /// </summary>
    private static void LeaveOutDerived(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => property.Set is null).ToList())
        {
            type.Properties.Remove(property);
        }
    }

    /// <summary>Messages, reports and orders are families: each carries its kind by name.</summary>
    private static void TellKindsApart(JsonTypeInfo type)
    {
        LeaveOutDerived(type);
        if (type.Type != typeof(WireMessage) && type.Type != typeof(RankReport) && type.Type != typeof(RankOrder))
        {
            return;
        }

        type.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = Discriminator };
        foreach (var kind in type.Type.GetNestedTypes().Where(type.Type.IsAssignableFrom))
        {
            type.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(kind, kind.Name));
        }
    }
}
