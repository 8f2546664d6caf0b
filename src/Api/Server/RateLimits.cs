using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Cairn.Engine.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;

namespace Cairn.Api.Server;

/// <summary>Limits the requests of each client.</summary>
internal static class RateLimits
{
    public static void Apply(RateLimiterOptions options, SeedSettings settings)
    {
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context =>
            RequestPipeline.IsProbe(context)
                ? RateLimitPartition.GetNoLimiter(IPAddress.None)
                : RateLimitPartition.GetFixedWindowLimiter(
                    context.Connection.RemoteIpAddress ?? IPAddress.Any,
                    _ => new FixedWindowRateLimiterOptions { PermitLimit = settings.RateRequests, Window = settings.RateWindow }));
        options.OnRejected = (rejected, _) => new ValueTask(RefuseAsync(rejected.HttpContext, settings));
    }

    private static Task RefuseAsync(HttpContext context, SeedSettings settings)
    {
        context.Response.Headers.RetryAfter = Math.Ceiling(settings.RateWindow.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var limit = string.Create(
            CultureInfo.InvariantCulture, $"{settings.RateRequests} requests in {settings.RateWindow.TotalSeconds} s");
        return Problems.WriteAsync(context, Problems.Make(
            StatusCodes.Status429TooManyRequests, $"More than {limit} from this address. Send fewer, or raise seed.rate-limit."));
    }
}
