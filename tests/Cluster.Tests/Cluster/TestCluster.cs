using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cairn.Cluster.Tests.Cluster.Network;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>How a test's cluster is laid out.</summary>
internal sealed record ClusterPlan
{
    public int Seeds { get; init; } = 1;

    public int Workers { get; init; } = 1;

    /// <summary>The connection string of the journal's database; null for SQLite, which is one seed's.</summary>
    public string? Postgres { get; init; }

    /// <summary>Gives each node a machine of its own; null for all on this one.</summary>
    public TestNetwork? Network { get; init; }

    /// <summary>Variables of every node, NAME=VALUE.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Settings of every seed, KEY=VALUE.</summary>
    public IReadOnlyList<string> SeedSettings { get; init; } = [];

    /// <summary>cluster.detection of all nodes.</summary>
    public string Detection { get; init; } = "fast";
}

/// <summary>A cluster on this machine: seeds and workers as processes, with what can befall them.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);
    private readonly List<CairnProcess> _processes = [];
    private readonly Scratch _scratch;
    private readonly ClusterPlan _plan;
    private int _started;

    private TestCluster(Scratch scratch, ClusterPlan plan) => (_scratch, _plan) = (scratch, plan);

    public List<TestSeed> Seeds { get; } = [];

    /// <summary>The first seed.</summary>
    public CairnProcess Seed => Seeds[0].Process;

    /// <summary>The workers that were not killed.</summary>
    public List<CairnProcess> Workers { get; } = [];

    /// <summary>Where each worker is, when the plan has a network.</summary>
    public Dictionary<CairnProcess, TestMachine> Machines { get; } = [];

    /// <summary>What all processes have printed.</summary>
    public string Text => string.Join('\n', _processes.Select(p => $"--- {p.Id}\n{p.Text}"));

    /// <summary>Starts a seed, and workers of two slots each.</summary>
    /// <param name="scratch">Where runs and the state of all processes go.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="postgres">The connection string of the journal's database; null for SQLite.</param>
    public static Task<TestCluster> StartAsync(Scratch scratch, int workers, string? postgres = null) =>
        StartAsync(scratch, new ClusterPlan { Workers = workers, Postgres = postgres });

    /// <summary>Starts seeds, each once the one before is ready, and workers of two slots each.</summary>
    public static async Task<TestCluster> StartAsync(Scratch scratch, ClusterPlan plan)
    {
        var cluster = new TestCluster(scratch, plan);
        for (var number = 1; number <= plan.Seeds; number++)
        {
            cluster.Seeds.Add(new TestSeed(number, plan.Network is { } network ? await network.AddAsync() : null));
            await cluster.StartSeedAsync(cluster.Seeds[^1]);
        }

        for (var i = 0; i < plan.Workers; i++)
            await cluster.StartWorkerAsync();

        return cluster;
    }

    /// <summary>Starts the first seed, or starts it again where it was.</summary>
    public Task StartSeedAsync() => StartSeedAsync(Seeds[0]);

    /// <summary>Starts a seed, or starts it again with the same command.</summary>
    public async Task StartSeedAsync(TestSeed seed)
    {
        await BeginSeedAsync(seed);
        await seed.ReadyAsync();
    }

    /// <summary>The same, without waiting for a registry that answers.</summary>
    public Task BeginSeedAsync(TestSeed seed)
    {
        string[] join = seed.Number == 1 ? []
            : [.. Seeds.Where(s => s.Number < seed.Number).SelectMany(s => (string[])["--join", s.Address]), "--certificate", Certificate];
        string[] journal = _plan.Postgres is { } postgres ? ["--set", $"journal.postgres=\"{postgres}\""] : [];
        return seed.BegunAsync(Start(seed.Machine, string.Create(CultureInfo.InvariantCulture, $"seed-{seed.Number}"),
        [
            "seed", .. join, .. journal, "--set", string.Create(CultureInfo.InvariantCulture, $"seed.port={seed.HttpPort}"),
            "--set", $"seed.roots=[\"{_scratch.Folder}\"]",
            "--set", $"cluster.host={seed.Host}", "--set", string.Create(CultureInfo.InvariantCulture, $"cluster.port={seed.Port}"),
            "--set", $"cluster.detection={_plan.Detection}", .. _plan.SeedSettings.SelectMany(s => (string[])["--set", s]),
        ]));
    }

    public async Task<CairnProcess> StartWorkerAsync(params string[] settings)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"node-{++_started}");
        var machine = _plan.Network is { } network ? await network.AddAsync() : null;
        var worker = Start(machine, "workers",
        [
            "worker", .. Seeds.SelectMany(s => (string[])["--seed", s.Address]), "--certificate", Certificate,
            "--set", $"node.name={name}", "--set", "node.slots=2", "--set", $"cluster.host={machine?.Host ?? "127.0.0.1"}",
            "--set", $"cluster.detection={_plan.Detection}", .. settings.SelectMany(s => (string[])["--set", s]),
        ]);
        Workers.Add(worker);
        if (machine is not null)
            Machines[worker] = machine;

        return worker;
    }

    public void Kill(CairnProcess worker)
    {
        worker.Kill();
        Workers.Remove(worker);
    }

    /// <summary>Submits a spec through a seed; returns the run's id.</summary>
    public async Task<string> SubmitAsync(string spec)
    {
        var (code, text) = await TellAsync("submit", spec);
        Assert.True(code == 0, text);
        return text.Trim();
    }

    /// <summary>Runs a client command against a seed that is there.</summary>
    public Task<(int ExitCode, string Text)> TellAsync(params string[] command) => TellAsync(Seeds.First(s => s.IsThere), command);

    /// <summary>Runs a client command against a seed, on its machine.</summary>
    public async Task<(int ExitCode, string Text)> TellAsync(TestSeed seed, params string[] command)
    {
        using var process = CairnProcess.StartUnder(
            seed.Machine?.Wrapper ?? [], _scratch.Folder, [.. command, "--seed", seed.Url]);
        return (await process.ExitAsync(), process.Text);
    }

    /// <summary>Waits until something holds of a run, as a seed describes it.</summary>
    public async Task<JsonNode> UntilAsync(string run, Func<JsonNode, bool> holds, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        using var again = new PeriodicTimer(LookAgain);
        JsonNode? last = null;
        try
        {
            while (true)
            {
                if (await AskAsync($"/api/runs/{run}", limit.Token) is { } now && holds(last = now))
                    return now;

                await again.WaitForNextTickAsync(limit.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"{run} did not get there within {patience}:\n{last}\n{Text}");
        }
    }

    /// <summary>Waits until a run has ended.</summary>
    public Task<JsonNode> EndAsync(string run, TimeSpan patience) => UntilAsync(run, HasEnded, patience);

    /// <summary>Whether it has ended, as soon as anybody can tell.</summary>
    public async Task<bool> HasEndedAsync(string run, TimeSpan patience) => HasEnded(await UntilAsync(run, _ => true, patience));

    public static bool HasEnded(JsonNode run) => State(run) is "completed" or "failed" or "cancelled";

    public static string State(JsonNode run) => run["state"]!.GetValue<string>();

    /// <summary>Waits until a batch has a session that was reported, or the run has ended.</summary>
    public Task UntilSessionsAsync(string run, TimeSpan patience) => UntilAsync(
        run, r => HasEnded(r) || (Batches(r) is { Count: > 0 } batches && batches.Exists(b => b["newest_session"] is not null)), patience);

    public static List<JsonNode> Batches(JsonNode run) =>
        [.. run["batches"]!.AsArray().Where(b => b!["part"]!.GetValue<string>() == "members").Select(b => b!)];

    /// <summary>All that the journal of a run has.</summary>
    public async Task<IReadOnlyList<JsonNode>> EventsAsync(string run, long since = 0)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var again = new PeriodicTimer(LookAgain);
        List<JsonNode> events = [];
        while (true)
        {
            var after = events.Count == 0 ? since : events[^1]["number"]!.GetValue<long>();
            var page = await AskAsync(
                string.Create(CultureInfo.InvariantCulture, $"/api/runs/{run}/events?after={after}"), limit.Token);
            if (page is null)
                await again.WaitForNextTickAsync(limit.Token);
            else if (page["events"]!.AsArray() is { Count: > 0 } more)
                events.AddRange(more.Select(e => e!));
            else
                return events;
        }
    }

    /// <summary>What the first seed that has an answer says; null while none has: its registry or journal is away.</summary>
    public async Task<JsonNode?> AskAsync(string path, CancellationToken cancel)
    {
        foreach (var seed in Seeds.Where(s => s.IsThere))
        {
            if (await AskAsync(seed, path, cancel) is { } answer)
                return answer;
        }

        return null;
    }

    /// <summary>What one seed says; null when it cannot.</summary>
    public static async Task<JsonNode?> AskAsync(TestSeed seed, string path, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd("application/json");
            using var answer = await seed.Http.SendAsync(request, cancel);
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable
                ? null
                : JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancel));
        }
        catch (Exception e)
            when (!cancel.IsCancellationRequested && e is HttpRequestException { StatusCode: null } or TaskCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
            {
                process.Thaw();
                process.Kill();
            }

            process.Dispose();
        }

        Seeds.ForEach(s => s.Dispose());
        await Task.CompletedTask;
    }

    /// <summary>The first seed makes it.</summary>
    private string Certificate => _scratch["state/seed-1/cluster.pem"];

    private CairnProcess Start(TestMachine? machine, string state, params string[] arguments)
    {
        state = _scratch[$"state/{state}"];
        Directory.CreateDirectory(state);
        var process = CairnProcess.StartUnder(
            [.. machine?.Wrapper ?? [], "env", .. _plan.Environment, $"CAIRN_STATE={state}"], _scratch.Folder, arguments);
        _processes.Add(process);
        return process;
    }
}
