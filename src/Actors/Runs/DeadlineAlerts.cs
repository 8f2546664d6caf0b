using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cairn.Engine.Processes;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>Sends alerts about deadlines.</summary>
internal interface IDeadlineAlerts
{
    /// <summary>Sends an alert, with retries. Never throws; the result may carry an error.</summary>
    Task<DeadlineAlerted> SendAsync(RunSubmission run, DeadlineAlert alert);
}

/// <summary>
/// Sends alerts to a program and by HTTP, as the run's spec asks. Each is retried a few times with growing pauses, independent of the
/// other.
/// </summary>
internal sealed class DeadlineAlerts(TimeProvider time) : IDeadlineAlerts
{
    private static readonly IReadOnlyList<TimeSpan> Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15)];
    private static readonly TimeSpan ForCommand = TimeSpan.FromSeconds(30), ForAnswer = TimeSpan.FromSeconds(10);

    // A site allows URLs, not what they redirect to.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = ForAnswer };

    public async Task<DeadlineAlerted> SendAsync(RunSubmission run, DeadlineAlert alert)
    {
        var (goal, facts) = (run.Deadline!, DeadlineFacts.Of(run, alert));
        List<Func<Task<string?>>> left = [];
        if (goal.Command is { Count: > 0 } words)
            left.Add(() => CommandAsync(words, facts));

        if (goal.Webhook is { } address)
            left.Add(() => PostAsync(new Uri(address), facts));

        for (var tries = 1; ; tries++)
        {
            var errors = await Task.WhenAll(left.Select(send => send())).ConfigureAwait(false);
            left = [.. left.Where((_, i) => errors[i] is not null)];
            if (left.Count == 0 || tries > Pauses.Count)
            {
                var error = string.Join("; ", errors.OfType<string>());
                return new DeadlineAlerted(alert.Number, tries, error.Length > 0 ? error : null);
            }

            await Task.Delay(Pauses[tries - 1], time).ConfigureAwait(false);
        }
    }

    /// <summary>The error; null for success.</summary>
    private async Task<string?> CommandAsync(IReadOnlyList<string> words, DeadlineFacts facts)
    {
        var child = ChildProcess.Start(new ChildSetup(words, facts.ToVariables(), static _ => { }, time)
        {
            IsReachedByLine = true, NamedBy = "It is the first word of deadline.command.",
        });
        try
        {
            await child.Pid.ConfigureAwait(false);
            var printed = child.Line.Output.CopyToAsync(Stream.Null);
            var written = WriteAsync(child.Line.Input, facts.ToJson());
            var exit = await child.Exit.WaitAsync(ForCommand, time).ConfigureAwait(false);
            await Task.WhenAll(printed, written).WaitAsync(ForCommand, time).ConfigureAwait(false);
            return exit.Code == 0 ? null : $"{words[0]} {exit.Describe()}";
        }
        catch (TimeoutException)
        {
            child.Kill(withItsOwn: true);
            return string.Create(CultureInfo.InvariantCulture, $"{words[0]} took longer than {ForCommand.TotalSeconds:0} s, and was ended");
        }
        catch (SpecException e)
        {
            return e.Message;
        }
    }

    /// <summary>The program need not read its input.</summary>
    private static async Task WriteAsync(Stream input, byte[] facts)
    {
        try
        {
            await using (input.ConfigureAwait(false))
            {
                await input.WriteAsync(facts).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // It has ended or closed its standard input; its exit code tells whether it failed.
        }
    }

    /// <summary>The error; null for success. It names only the host, since the rest of the URL may be a secret.</summary>
    private async Task<string?> PostAsync(Uri address, DeadlineFacts facts)
    {
        var host = address.GetLeftPart(UriPartial.Authority);
        using var content = new ByteArrayContent(facts.ToJson());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.Add("Idempotency-Key", facts.Alert);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null
                : string.Create(CultureInfo.InvariantCulture, $"{host} answered {(int)response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return $"{host} cannot be reached: {e.Message}";
        }
        catch (TaskCanceledException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{host} did not answer within {ForAnswer.TotalSeconds:0} s");
        }
    }
}

/// <summary>The content of an alert. Repeated alerts have the same name.</summary>
internal sealed record DeadlineFacts(
    string Alert, string Run, string Name, string State, DateTimeOffset Due, DateTimeOffset? Expected, int Complete, int Members,
    DateTimeOffset At)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static DeadlineFacts Of(RunSubmission run, DeadlineAlert alert)
    {
        var changed = alert.Changed;
        return new DeadlineFacts(
            string.Create(CultureInfo.InvariantCulture, $"{run.Id}/{alert.Number}"), run.Id, run.Name,
            JsonNamingPolicy.SnakeCaseLower.ConvertName($"{changed.State}"), changed.Due, changed.Expected, changed.Complete,
            changed.Members, changed.At);
    }

    public byte[] ToJson() => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, Json) + "\n");

    public Dictionary<string, string> ToVariables() => new(StringComparer.Ordinal)
    {
        ["CAIRN_ALERT"] = Alert, ["CAIRN_RUN"] = Run, ["CAIRN_RUN_NAME"] = Name, ["CAIRN_DEADLINE_STATE"] = State,
        ["CAIRN_DEADLINE_DUE"] = DeadlineTime.Show(Due), ["CAIRN_DEADLINE_EXPECTED"] = Expected is { } at ? DeadlineTime.Show(at) : "",
        ["CAIRN_DEADLINE_COMPLETE"] = Complete.ToString(CultureInfo.InvariantCulture),
        ["CAIRN_DEADLINE_MEMBERS"] = Members.ToString(CultureInfo.InvariantCulture),
    };
}
