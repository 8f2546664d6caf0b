using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Cairn.Engine.Pictures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Cairn.Api.Dashboard;

/// <summary>
/// The dashboard's files, embedded in the assembly: a page, its scripts and its style. They contain no data of runs, so they need no
/// token; the page gets all data from the API. A content security policy lets it run scripts of this
/// server and send requests to this server, nothing else.
/// </summary>
internal sealed class DashboardFiles
{
    private const string Folder = "/dashboard/", Frame = "/forecast";
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        + "connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors ";

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml", [".txt"] = "text/plain; charset=utf-8",
    };

    private readonly Lazy<IReadOnlyDictionary<string, Packed>> _files = new(Load);

    /// <summary>Whether a request is for one of the files.</summary>
    public static bool IsAsked(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        && context.Request.Path.Value is { } path && (path is "/" or Frame || path.StartsWith(Folder, StringComparison.Ordinal));

    public void Map(IEndpointRouteBuilder root)
    {
        root.MapMethods("/", ["GET", "HEAD"], context => SendAsync(context, "index.html")).ExcludeFromDescription();
        root.MapMethods(Frame, ["GET", "HEAD"], context => SendAsync(context, "forecast.html")).ExcludeFromDescription();
        root.MapMethods(Folder + "{name}", ["GET", "HEAD"], context => SendAsync(context, $"{context.Request.RouteValues["name"]}"))
            .ExcludeFromDescription();
    }

    private async Task SendAsync(HttpContext context, string name)
    {
        var (request, response) = (context.Request, context.Response);
        if (!_files.Value.TryGetValue(name, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Browsers revalidate at each request and get 304 if nothing changed.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = file.Mark;
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.ContentSecurityPolicy = Policy + (name == "forecast.html" ? "'self'" : "'none'");
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.ContentType = file.Kind;
        if (request.Headers.IfNoneMatch.Contains(file.Mark))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var zipped = request.GetTypedHeaders().AcceptEncoding.Any(e => e.Value == "gzip" && e.Quality != 0);
        var bytes = zipped ? file.Zipped : file.Plain;
        response.Headers.ContentEncoding = zipped ? "gzip" : default;
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(request.Method))
            await response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Loaded at the first request: a seed whose page is not used does not keep it in memory.</summary>
    private static Dictionary<string, Packed> Load()
    {
        const string prefix = "dashboard.";
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(n => n[prefix.Length..], n => Packed.Of(n[prefix.Length..], Read(assembly, n)), StringComparer.Ordinal);
        files["theme.js"] = Packed.Of("theme.js", Encoding.UTF8.GetBytes(CommittedPicture.Theme));
        files["picture.js"] = Packed.Of("picture.js", Encoding.UTF8.GetBytes("\"use strict\";\n" + CommittedPicture.Script));
        files["picture.css"] = Packed.Of("picture.css", Encoding.UTF8.GetBytes(CommittedPicture.Style));
        return files;
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <param name="Kind">The Content-Type.</param>
    /// <param name="Mark">The ETag.</param>
    /// <param name="Plain">The uncompressed bytes.</param>
    /// <param name="Zipped">The bytes compressed by gzip.</param>
    private sealed record Packed(string Kind, string Mark, byte[] Plain, byte[] Zipped)
    {
        public static Packed Of(string name, byte[] bytes)
        {
            using var zipped = new MemoryStream();
            using (var zip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
            {
                zip.Write(bytes);
            }

            return new Packed(
                Kinds[Path.GetExtension(name)], $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"", bytes, zipped.ToArray());
        }
    }
}
