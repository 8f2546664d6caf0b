using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Cairn.Browser.Tests.Pictures;

/// <summary>A page in the browser, and what it complained of.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();

    /// <param name="page">The page.</param>
    /// <param name="own">The one server that it may ask; null for a page of a file, which asks for nothing but itself.</param>
    internal OpenPage(IPage page, Uri? own = null)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Request += (_, request) =>
        {
            string[] free = ["blob:", "data:", own?.AbsoluteUri ?? "file:"];
            if (!free.Any(start => request.Url.StartsWith(start, StringComparison.Ordinal)))
                _complaints.Enqueue($"asked for {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Console errors, uncaught exceptions and requests for anything but the file itself.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>A canvas's pixels, as a data URL.</summary>
    public Task<string> PixelsAsync(string canvas) => Page.EvalOnSelectorAsync<string>(canvas, "canvas => canvas.toDataURL()");

    public Task<string> TextAsync(string selector) => Page.EvalOnSelectorAsync<string>(selector, "element => element.textContent");

    /// <summary>Moves the slider as a reader's hand would.</summary>
    public Task SlideAsync(int leadTime) => Page.EvalOnSelectorAsync(
        "#slider", "(slider, to) => { slider.value = to; slider.dispatchEvent(new Event('input')); }", leadTime);

    /// <summary>How far the page reaches beyond the screen's width, in CSS pixels.</summary>
    public Task<int> OverflowAsync() =>
        Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <summary>Where CAIRN_SCREENSHOTS names a folder, keeps what the page looks like there.</summary>
    public async Task KeepAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("CAIRN_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    public async ValueTask DisposeAsync() => await Page.CloseAsync();
}
