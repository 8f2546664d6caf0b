using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Cairn.Api.Wire;

namespace Cairn.Api.Client;

/// <summary>A client of a seed's API. Every method throws the errors of <see cref="SeedAnswers"/>.</summary>
public sealed class SeedClient : IDisposable
{
    private const int Tries = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private readonly HttpClient _http;
    private readonly Uri _seed;
    private readonly TimeProvider _time;

    /// <param name="seed">The seed's address.</param>
    /// <param name="token">Its bearer token, or null for none.</param>
    /// <param name="time">The clock for pauses.</param>
    public SeedClient(Uri seed, string? token, TimeProvider time)
    {
        (_seed, _time) = (seed, time);
        // A seed does not redirect its clients; a token must not be sent to another server.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectCallback = ConnectAsync };
        _http = new HttpClient(handler) { BaseAddress = seed, Timeout = TimeSpan.FromSeconds(60) };
        if (!string.IsNullOrEmpty(token))
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Submits a resolved spec. Repeats the request if the answer was lost; the key makes that safe.</summary>
    /// <param name="spec">The spec as JSON, with absolute paths.</param>
    /// <param name="key">The idempotency key; null for a new one.</param>
    /// <param name="cancel">Cancels the request.</param>
    public async Task<Submitted> SubmitAsync(string spec, string? key, CancellationToken cancel)
    {
        key ??= Guid.NewGuid().ToString("N");
        for (var tries = 1; ; tries++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/runs");
            request.Content = new StringContent(spec, Encoding.UTF8, "application/json");
            request.Headers.Add("Idempotency-Key", key);
            try
            {
                return await SendAsync<Submitted>(request, cancel).ConfigureAwait(false);
            }
            catch (TransientException) when (tries < Tries)
            {
                await Task.Delay(FirstPause * (1 << tries), _time, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The newest runs.</summary>
    public Task<RunPage> RunsAsync(int limit, CancellationToken cancel) => GetAsync<RunPage>($"/api/runs?limit={limit}", cancel);

    /// <summary>A run; without attempts if brief.</summary>
    public Task<RunDetail> RunAsync(string id, bool brief, CancellationToken cancel) =>
        GetAsync<RunDetail>($"/api/runs/{Uri.EscapeDataString(id)}{(brief ? "?brief=true" : "")}", cancel);

    /// <summary>The nodes.</summary>
    public Task<NodePage> NodesAsync(CancellationToken cancel) => GetAsync<NodePage>("/api/nodes", cancel);

    /// <summary>The cluster's members, as the seed sees them.</summary>
    public Task<MemberPage> MembersAsync(CancellationToken cancel) => GetAsync<MemberPage>("/api/members", cancel);

    /// <summary>Removes an unreachable member from the cluster.</summary>
    public Task<Told> RemoveMemberAsync(string address, CancellationToken cancel) =>
        PostAsync<Told>($"/api/members/remove?address={Uri.EscapeDataString(address)}", cancel);

    /// <summary>Sends an order to a run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="command">The order: cancel, retry, pause, resume or commit.</param>
    /// <param name="cancel">Cancels the request.</param>
    public Task<Told> TellAsync(string id, string command, CancellationToken cancel) =>
        PostAsync<Told>($"/api/runs/{Uri.EscapeDataString(id)}/{command}", cancel);

    /// <summary>Drains a node: it hands back its batches.</summary>
    public Task<Told> DrainAsync(string id, CancellationToken cancel) =>
        PostAsync<Told>($"/api/nodes/{Uri.EscapeDataString(id)}/drain", cancel);

    /// <summary>A page of a run's events.</summary>
    /// <param name="path">The page's address; null for the first page.</param>
    /// <param name="id">The run.</param>
    /// <param name="cancel">Cancels the request.</param>
    public async Task<EventPage> EventsAsync(string? path, string id, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path ?? $"/api/runs/{Uri.EscapeDataString(id)}/events");
        request.Headers.Accept.ParseAdd("application/json");
        return await SendAsync<EventPage>(request, cancel).ConfigureAwait(false);
    }

    /// <summary>Events of a run, for as long as one connection lasts.</summary>
    /// <param name="id">The run.</param>
    /// <param name="after">Only events with greater numbers.</param>
    /// <param name="cancel">Cancels the stream.</param>
    internal async Task<HttpResponseMessage> OpenEventsAsync(string id, long after, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{Uri.EscapeDataString(id)}/events");
        request.Headers.Add("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return await OpenAsync(request, cancel).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Detects within a minute that the other machine is gone; an event stream would otherwise wait forever.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<T> GetAsync<T>(string path, CancellationToken cancel) => SendAsync<T>(HttpMethod.Get, path, cancel);

    private Task<T> PostAsync<T>(string path, CancellationToken cancel) => SendAsync<T>(HttpMethod.Post, path, cancel);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        return await SendAsync<T>(request, cancel).ConfigureAwait(false);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancel)
    {
        using var response = await OpenAsync(request, cancel).ConfigureAwait(false);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(WireJson.Options, cancel).ConfigureAwait(false)
                ?? throw SeedAnswers.Strange(_seed, "an empty answer");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw SeedAnswers.Strange(_seed, e.Message, e);
        }
        catch (Exception e) when (SeedAnswers.IsBroken(e, cancel))
        {
            throw SeedAnswers.Unreachable(_seed, e);
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (SeedAnswers.IsBroken(e, cancel))
        {
            throw SeedAnswers.Unreachable(_seed, e);
        }

        if (response.IsSuccessStatusCode)
            return response;

        using (response)
        {
            throw await SeedAnswers.RefusalAsync(_seed, response, cancel).ConfigureAwait(false);
        }
    }
}
