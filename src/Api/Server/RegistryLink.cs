using System.Runtime.ExceptionServices;
using Cairn.Actors.Seed;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Server;

/// <summary>Asks the registry on behalf of requests, with a deadline.</summary>
internal sealed class RegistryLink(IActorRef registry, SeedSettings settings)
{
    /// <summary>The answer that is hoped for.</summary>
    /// <param name="message">What to ask.</param>
    /// <param name="patience">How long the registry may wait of itself, on top of what an answer may take.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RefusedException">The answer was another one; what failed is thrown as it is.</exception>
    public async Task<T> AskAsync<T>(object message, TimeSpan patience, CancellationToken cancel)
    {
        var answer = await registry.Ask<object>(message, settings.AnswerWithin + patience, cancel).ConfigureAwait(false);
        if (answer is Status.Failure failure)
        {
            ExceptionDispatchInfo.Throw(failure.Cause);
        }

        return answer switch
        {
            T hoped => hoped,
            NoSuchRun none => throw Missing($"There is no run {none.Id}. GET /api/runs lists those that there are."),
            NoSuchNode none => throw Missing($"There is no node {none.Id}. GET /api/nodes lists those that there are."),
            NotApplicable not => throw new RefusedException(StatusCodes.Status409Conflict, $"Run {not.Id}: {not.Reason}."),
            _ => throw new InvalidOperationException($"the registry answered {message} with {answer}"),
        };
    }

    /// <inheritdoc cref="AskAsync{T}(object, TimeSpan, CancellationToken)"/>
    public Task<T> AskAsync<T>(object message, CancellationToken cancel) => AskAsync<T>(message, TimeSpan.Zero, cancel);

    private static RefusedException Missing(string detail) => new(StatusCodes.Status404NotFound, detail);
}
