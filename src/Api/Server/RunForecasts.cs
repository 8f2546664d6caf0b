using Cairn.Actors.Runs;
using Cairn.Engine.Pictures;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Stores;
using Cairn.Storage.Durable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cairn.Api.Server;

/// <summary>
/// The forecast page of a run, drawn from its committed fields, if this process can read the run's folder. Draws one page at a time and
/// caches the last one: an open dashboard asks again and again.
/// </summary>
internal sealed class RunForecasts(RegistryLink registry) : IDisposable
{
    /// <summary>Less than for a file: it is sent repeatedly while the run continues.</summary>
    private const int MostBytes = 4 << 20;

    /// <summary>What a seed can read within seconds. Grants and reports do not wait for it, but cores and the disk are shared.</summary>
    private const long MostValues = 500_000_000;

    private readonly PosixFiles _files = new();
    private readonly SemaphoreSlim _drawing = new(1, 1);
    private (string Mark, byte[] Page)? _last;

    public void Map(IEndpointRouteBuilder runs) => runs.MapGet("/{id}/forecast", SendAsync)
        .WithName("DrawForecast")
        .WithSummary("The forecast page of what a run has committed so far, as HTML, if the seed can read its folder")
        .Produces<string>(StatusCodes.Status200OK, "text/html").Produces(StatusCodes.Status304NotModified).Problems(404, 409);

    public void Dispose() => _drawing.Dispose();

    private async Task SendAsync(HttpContext context, string id)
    {
        var run = await registry.AskAsync<RunDescription>(new DescribeRun(id), context.RequestAborted).ConfigureAwait(false);
        await _drawing.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            var (mark, page) = await OwnThread.Run(() => Draw(run.Run, context.Request.Headers.IfNoneMatch)).ConfigureAwait(false);
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.Headers.ETag = mark;
            if (page is null)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            // Opened separately, the page may run its own scripts and connect to nothing.
            context.Response.Headers.ContentSecurityPolicy = "sandbox allow-scripts allow-downloads";
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.Body.WriteAsync(page, context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            _drawing.Release();
        }
    }

    /// <returns>The page; null if the client has it.</returns>
    private (string Mark, byte[]? Page) Draw(RunRow run, Microsoft.Extensions.Primitives.StringValues has)
    {
        var (store, caption) = Find(run);
        try
        {
            var picture = CommittedPicture.Open(_files, store);
            var mark = $"\"{picture.Mark}\"";
            if (has.Contains(mark))
                return (mark, null);

            if (picture.Values > MostValues)
            {
                throw Not($"{store} has {picture.Values / 1e9:0.0} billion committed values, more than a seed draws "
                    + $"({MostValues / 1e9:0.0} billion). Draw it on another machine: cairn picture {run.CheckpointPath}");
            }

            _last = _last is { } last && last.Mark == mark ? last : (mark, picture.Draw(caption, MostBytes));
            return _last.Value;
        }
        catch (DataException e)
        {
            throw Not(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Not($"{store} cannot be read by this seed: {e.Message}");
        }
    }

    private (string Store, PictureCaption Caption) Find(RunRow run)
    {
        var path = Path.Combine(run.CheckpointPath, RunRecord.FileName);
        if (!PathFound.IsFile(path))
        {
            throw Missing(run.State == RunState.Submitted
                ? $"Run {run.Id} was not opened yet: there is nothing to draw."
                : $"{path} does not exist for this seed. Either the run's folder was moved, or it is on a file system of the workers "
                    + "that the seed cannot access. Mount it on the seed's machine at the same path, or draw the page on a machine that "
                    + $"has it: cairn picture {run.CheckpointPath}");
        }

        try
        {
            var record = RunRecord.Read(path);
            var store = RunOutputs.Store(record, run.CheckpointPath, _files)
                ?? throw Missing($"Run {run.Id} writes no fields (output.kind = none): there is nothing to draw.");
            return FieldStoreKinds.IsStore(store) ? (store, PictureCaption.Of(record.Spec))
                : throw Missing($"{store}, the field store of {run.Id}, does not exist for this seed. Either nothing is written yet, or "
                    + "it is on a file system of the workers that the seed cannot access.");
        }
        catch (CairnException e)
        {
            throw Not(e.Message);
        }
    }

    private static RefusedException Missing(string detail) => new(StatusCodes.Status404NotFound, detail);

    private static RefusedException Not(string detail) => new(StatusCodes.Status409Conflict, detail);
}
