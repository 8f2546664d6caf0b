using Akka.Hosting;
using Cairn.Actors.Runs;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Server;

/// <summary>Asks the registry on behalf of requests, with a deadline: it may be in this process or at another seed.</summary>
internal sealed class RegistryLink(IRequiredActor<RunRegistry> registry, SeedSettings settings)
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>The expected answer.</summary>
    /// <exception cref="RefusedException">The registry refused.</exception>
    /// <exception cref="TransientException">The registry cannot answer now, or did not in time.</exception>
    public async Task<T> AskAsync<T>(object message, CancellationToken cancel)
    {
        var actor = await registry.GetAsync(cancel).ConfigureAwait(false);
        var answer = await (message is IRegistryQuestion
            ? AskPersistentlyAsync(actor, message, cancel)
            : actor.Ask<object>(message, settings.AnswerWithin, cancel)).ConfigureAwait(false);
        return answer switch
        {
            T hoped => hoped,
            NoSuchRun none => throw Missing($"There is no run {none.Id}. GET /api/runs lists the runs."),
            NoSuchNode none => throw Missing($"There is no node {none.Id}. GET /api/nodes lists the nodes."),
            NotApplicable not => throw new RefusedException(StatusCodes.Status409Conflict, $"Run {not.Id}: {not.Reason}."),
            RegistryUnavailable away => throw new TransientException(away.Reason),
            RunRefused refused => throw Refused(refused),
            _ => throw new InvalidOperationException($"the registry answered {message} with {answer}"),
        };
    }

    /// <summary>
    /// The first answer to a repeated question: the registry that received it first may have died, and another
    /// started.
    /// </summary>
    private async Task<object> AskPersistentlyAsync(IActorRef actor, object question, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        List<Task<object>> asked = [actor.Ask<object>(question, settings.AnswerWithin, limit.Token)];
        try
        {
            while (true)
            {
                var again = Task.Delay(AskAgain, limit.Token);
                if (await Task.WhenAny([.. asked, again]).ConfigureAwait(false) is Task<object> answered)
                    return await answered.ConfigureAwait(false);

                await again.ConfigureAwait(false);
                asked.Add(actor.Ask<object>(question, settings.AnswerWithin, limit.Token));
            }
        }
        finally
        {
            await limit.CancelAsync().ConfigureAwait(false);
        }
    }

    private static Exception Refused(RunRefused refused) => refused.Kind switch
    {
        RefusalKind.Spec when refused.Mistakes.Count > 0 => RefusedException.Of(refused.Mistakes),
        RefusalKind.Spec => new RefusedException(StatusCodes.Status422UnprocessableEntity, refused.Reason),
        RefusalKind.Fault => new InvalidOperationException(refused.Reason),
        RefusalKind.Transient => new TransientException(refused.Reason),
        _ => new RefusedException(StatusCodes.Status409Conflict, refused.Reason),
    };

    private static RefusedException Missing(string detail) => new(StatusCodes.Status404NotFound, detail);
}
