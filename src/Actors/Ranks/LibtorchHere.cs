using System.Diagnostics;
using System.Globalization;
using Cairn.Engine.Torch;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The libtorch of this machine and the devices that it sees. A worker with nothing to do asks another process: loaded, libtorch takes more
/// memory than all the rest of a worker.
/// </summary>
/// <param name="Version">Its version.</param>
/// <param name="CudaDevices">How many CUDA devices can be used.</param>
public sealed record LibtorchHere(string Version, int CudaDevices)
{
    /// <summary>What has <c>cairn rank</c> tell <see cref="Line"/> and end.</summary>
    public const string Option = "--libtorch";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>As another process tells it.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Version} {CudaDevices}");

    /// <summary>Loads it in this process.</summary>
    /// <exception cref="TorchException">It cannot be loaded.</exception>
    public static LibtorchHere Load() => new(TorchRuntime.Version, TorchRuntime.CudaDeviceCount);

    /// <summary>Has another process load it.</summary>
    /// <exception cref="TorchException">It cannot be loaded there.</exception>
    public static async Task<LibtorchHere> AskAsync()
    {
        var words = RankProgram.OfThisProcess().Words;
        using var child = Process.Start(new ProcessStartInfo(words[0], [.. words.Skip(1), Option])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var (said, errors) = (child.StandardOutput.ReadToEndAsync(limit.Token), child.StandardError.ReadToEndAsync(limit.Token));
            await child.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return Read(await said.ConfigureAwait(false)) ?? throw new TorchException(Reason(await errors.ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            throw new TorchException($"libtorch was not loaded within {Patience.TotalMinutes:0} minutes; is its file system available?");
        }
    }

    private static LibtorchHere? Read(string said) => said.Trim().Split(' ') is [var version, var count]
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var devices) ? new(version, devices) : null;

    /// <summary>What the other process says is wrong, without its name before it.</summary>
    private static string Reason(string errors)
    {
        const string Name = "cairn: ";
        var text = errors.Trim();
        return text.StartsWith(Name, StringComparison.Ordinal) ? text[Name.Length..] : $"libtorch could not be loaded: {text}";
    }
}
