using System.Threading.Channels;

namespace Cairn.Actors.Remote;

/// <summary>Messages on their way to a process that may not be there yet: whoever posts one waits for nothing.</summary>
internal sealed class Outbox
{
    private readonly Channel<WireMessage> _messages = Channel.CreateUnbounded<WireMessage>(new() { SingleReader = true });

    /// <summary>Posts a message; nothing comes after <see cref="Close"/>.</summary>
    public void Post(WireMessage message) => _messages.Writer.TryWrite(message);

    /// <summary>Posts the last message.</summary>
    public void Close(WireMessage last)
    {
        Post(last);
        _messages.Writer.TryComplete();
    }

    /// <summary>Sends what was and is posted, until the last message or until the other end is gone.</summary>
    public async Task PumpAsync(WireConnection connection)
    {
        await foreach (var message in _messages.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!await connection.SendAsync(message).ConfigureAwait(false))
            {
                return;
            }
        }
    }
}
