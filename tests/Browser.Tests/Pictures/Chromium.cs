using Microsoft.Playwright;

namespace Cairn.Browser.Tests.Pictures;

/// <summary>One browser for all tests of a class; it is not asked to reach anything but files.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    /// <summary>A browser that starts on a machine with much else to do takes its time; nothing waits this long on a free one.</summary>
    private const int PatienceMs = 180_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static bool IsThere => File.Exists(Executable);

    public async Task InitializeAsync()
    {
        if (IsThere)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Executable,
                Timeout = PatienceMs,
                Args =
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync",
                ],
            });
        }
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();

        _playwright?.Dispose();
    }

    /// <summary>Opens a file, and waits until it has drawn itself.</summary>
    /// <param name="file">The page; what follows a # is for the page.</param>
    /// <param name="width">Width of the screen, in CSS pixels.</param>
    /// <param name="dark">Whether the reader prefers a dark page.</param>
    public async Task<OpenPage> OpenAsync(string file, int width = 1280, bool dark = false)
    {
        var open = new OpenPage(await NewPageAsync(width, dark));
        var path = file.Split('#', 2);
        await open.Page.GotoAsync(new Uri(path[0]).AbsoluteUri + (path.Length == 2 ? "#" + path[1] : ""));
        await open.Page.WaitForSelectorAsync(
            "html[data-ready=yes]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        return open;
    }

    /// <summary>Opens the dashboard of a server.</summary>
    /// <param name="server">The server; no other may be asked anything.</param>
    /// <param name="place">The place within the page, such as <c>#/nodes</c>.</param>
    /// <param name="width">Width of the screen, in CSS pixels.</param>
    /// <param name="dark">Whether the reader prefers a dark page.</param>
    public async Task<OpenPage> OpenDashboardAsync(Uri server, string place = "", int width = 1280, bool dark = false)
    {
        ArgumentNullException.ThrowIfNull(server);
        var open = new OpenPage(await NewPageAsync(width, dark), server);
        await open.Page.GotoAsync(server.AbsoluteUri + place);
        await open.Page.WaitForSelectorAsync("main h1");
        return open;
    }

    private async Task<IPage> NewPageAsync(int width, bool dark)
    {
        Skip.IfNot(IsThere, $"{Executable} is not there (Debian package chromium)");
        var page = await _browser!.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = width < 500 ? 844 : 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        page.SetDefaultTimeout(PatienceMs);
        page.SetDefaultNavigationTimeout(PatienceMs);
        return page;
    }
}
