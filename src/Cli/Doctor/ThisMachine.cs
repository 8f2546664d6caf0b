using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Cairn.Engine.Extensions;
using Cairn.Engine.Models.Onnx;
using Cairn.Engine.Ranks;
using Cairn.Engine.Torch;

namespace Cairn.Cli.Doctor;

/// <summary>The machine that this process runs on.</summary>
internal sealed class ThisMachine : IMachine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Version Runtime => Environment.Version;

    public TorchFacts Torch
    {
        get
        {
            if (TorchRuntime.Unusable is { } reason)
                return TorchFacts.Missing(reason);

            var fingerprint = TorchRuntime.Fingerprint();
            return new(
                null, TorchRuntime.Version, TorchRuntime.TorchSharpVersion, FolderOf("libtorch_cpu.so"), TorchRuntime.CudaDeviceCount,
                $"{fingerprint["mkl"]}, MKL_CBWR {fingerprint["mkl-cbwr"]}", fingerprint["instruction-set"], TorchRuntime.Threads);
        }
    }

    public IReadOnlyList<Extension> Extensions => LoadedExtensions.Here;

    public OnnxFacts Onnx => OnnxLibrary.Unusable is { } reason
        ? new(reason, "", [])
        : new(null, OnnxLibrary.Version, OnnxLibrary.Providers);

    public MpiFacts Mpi
    {
        get
        {
            try
            {
                return MpiLibrary.Unusable is { } reason ? new(reason, "", "") : new(null, MpiLibrary.Version, Mpiexec.Find());
            }
            catch (SpecException e)
            {
                return new($"{MpiLibrary.Version.Split('\n')[0]} is installed, but without a launcher. {e.Message}", "", "");
            }
        }
    }

    /// <summary>The path of a library that this process has loaded, with links resolved.</summary>
    private static string FolderOf(string library) => File.ReadLines("/proc/self/maps")
        .Select(line => line[(line.LastIndexOf(' ') + 1)..])
        .FirstOrDefault(path => Path.GetFileName(path) == library) is { } file ? Path.GetDirectoryName(file)! : "an unknown place";

    public string? FirstLineOf(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start);
            var output = process!.StandardOutput.ReadToEndAsync();
            // The output is not used, but a full pipe would block the command.
            process.BeginErrorReadLine();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            return process.ExitCode == 0 ? output.GetAwaiter().GetResult().Split('\n')[0].Trim() : null;
        }
        catch (Win32Exception)
        {
            // The command does not exist, which is a result.
            return null;
        }
    }

    public unsafe string? TextFrom(string function, params string[] libraries)
    {
        foreach (var library in libraries)
        {
            if (NativeLibrary.TryLoad(library, out var handle) && NativeLibrary.TryGetExport(handle, function, out var address))
                return Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)address)());
        }

        return null;
    }
}
