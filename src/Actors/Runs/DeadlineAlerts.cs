using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cairn.Engine.Processes;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Runs;

/// <summary>Tells people and programs of deadlines.</summary>
internal interface IDeadlineAlerts
{
    /// <summary>Tells of a change, and tries again where that fails; ends in any case.</summary>
    Task<DeadlineAlerted> SendAsync(RunSubmission run, DeadlineAlert alert);
}

/// <summary>
/// Tells of deadlines by a program and by HTTP, whichever the run asks for. What fails is tried again with growing pauses, a few times;
/// what was told is not told again for the other's sake.
/// </summary>
internal sealed class DeadlineAlerts(TimeProvider time) : IDeadlineAlerts
{
    private static readonly IReadOnlyList<TimeSpan> Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15)];
    private static readonly TimeSpan ForCommand = TimeSpan.FromSeconds(30), ForAnswer = TimeSpan.FromSeconds(10);

    // A site allows addresses, and not what those lead on to.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = ForAnswer };

    public async Task<DeadlineAlerted> SendAsync(RunSubmission run, DeadlineAlert alert)
    {
        var (goal, facts) = (run.Deadline!, DeadlineFacts.Of(run, alert));
        List<Func<Task<string?>>> left = [];
        if (goal.Command is { Count: > 0 } words)
        {
            left.Add(() => CommandAsync(words, facts));
        }

        if (goal.Webhook is { } address)
        {
            left.Add(() => PostAsync(new Uri(address), facts));
        }

        for (var tries = 1; ; tries++)
        {
            var errors = await Task.WhenAll(left.Select(send => send())).ConfigureAwait(false);
            left = [.. left.Where((_, i) => errors[i] is not null)];
            if (left.Count == 0 || tries > Pauses.Count)
            {
                var said = string.Join("; ", errors.OfType<string>());
                return new DeadlineAlerted(alert.Number, tries, said.Length > 0 ? said : null);
            }

            await Task.Delay(Pauses[tries - 1], time).ConfigureAwait(false);
        }
    }

    /// <summary>What went wrong; null where nothing did.</summary>
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
            var told = TellAsync(child.Line.Input, facts.ToJson());
            var exit = await child.Exit.WaitAsync(ForCommand, time).ConfigureAwait(false);
            await Task.WhenAll(printed, told).WaitAsync(ForCommand, time).ConfigureAwait(false);
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

    /// <summary>A program need not read what it is told.</summary>
    private static async Task TellAsync(Stream input, byte[] facts)
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
            // It has ended, or closed its standard input: how it ends tells whether that is well.
        }
    }

    /// <summary>What went wrong; null where nothing did. Only the host is named: the rest of the address may be a secret.</summary>
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

/// <summary>What an alert says. The same alert has the same name, however often it comes.</summary>
/// <param name="Alert">The run, and the number of the change.</param>
/// <param name="Run">The run.</param>
/// <param name="Name">Its name in its spec.</param>
/// <param name="State">on_time (it is back), at_risk, met or missed.</param>
/// <param name="Due">The deadline.</param>
/// <param name="Expected">When as many as are needed are expected to be complete; null where that is not known.</param>
/// <param name="Complete">How many members were complete.</param>
/// <param name="Members">How many are to be.</param>
/// <param name="At">When it was decided.</param>
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
