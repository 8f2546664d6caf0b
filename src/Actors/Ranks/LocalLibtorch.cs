using System.Diagnostics;
using System.Globalization;
using Cairn.Engine.Torch;

namespace Cairn.Actors.Ranks;

/// <summary>
/// The libtorch of this machine and the devices that it sees. An idle worker asks another process, because libtorch takes more memory than
/// all the rest of a worker.
/// </summary>
/// <param name="Version">Its version.</param>
/// <param name="CudaDevices">How many CUDA devices can be used.</param>
public sealed record LocalLibtorch(string Version, int CudaDevices)
{
    /// <summary>Makes <c>cairn rank</c> print <see cref="Line"/> and exit.</summary>
    public const string Option = "--libtorch";

    private static readonly TimeSpan LoadTimeout = TimeSpan.FromMinutes(2);

    /// <summary>The output of <see cref="Option"/>.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Version} {CudaDevices}");

    /// <summary>Loads it in this process.</summary>
    /// <exception cref="TorchException">It cannot be loaded.</exception>
    public static LocalLibtorch Load() => new(TorchRuntime.Version, TorchRuntime.CudaDeviceCount);

    /// <summary>Loads it in another process.</summary>
    /// <exception cref="TorchException">It cannot be loaded there.</exception>
    public static async Task<LocalLibtorch> AskAsync()
    {
        var words = RankProgram.OfThisProcess().Words;
        using var child = Process.Start(new ProcessStartInfo(words[0], [.. words.Skip(1), Option])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(LoadTimeout);
        try
        {
            var (output, errors) = (child.StandardOutput.ReadToEndAsync(limit.Token), child.StandardError.ReadToEndAsync(limit.Token));
            await child.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return Read(await output.ConfigureAwait(false)) ?? throw new TorchException(Reason(await errors.ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            throw new TorchException($"libtorch was not loaded within {LoadTimeout.TotalMinutes:0} minutes; is its file system available?");
        }
    }

    private static LocalLibtorch? Read(string output) => output.Trim().Split(' ') is [var version, var count]
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var devices) ? new(version, devices) : null;

    /// <summary>The other process's error message, without the program's name.</summary>
    private static string Reason(string errors)
    {
        const string Name = "cairn: ";
        var text = errors.Trim();
        return text.StartsWith(Name, StringComparison.Ordinal) ? text[Name.Length..] : $"libtorch could not be loaded: {text}";
    }
}
