using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Cairn.Cluster.Tests.Cluster.Network;

/// <summary>
/// A network namespace with an address of its own: a machine, as far as its processes know. It lasts while a process of its own does,
/// which reads from a pipe that closes with the test.
/// </summary>
internal sealed partial class TestMachine : IDisposable
{
    private const int ReadWriteCloseOnExec = 0x80002, ReadOnlyCloseOnExec = 0x80000, NetworkNamespace = 0x40000000;
    private const uint NameDevice = 0x400454ca;
    private const short PacketsAlone = 0x1001;

    private readonly Process _holder;

    private TestMachine(Process holder, int device, byte number) => (_holder, Device, Number) = (holder, device, number);

    /// <summary>Its packets, by a file descriptor: what it sends is read, what it gets is written.</summary>
    public int Device { get; }

    /// <summary>The last part of its address.</summary>
    public byte Number { get; }

    public string Host => Address(Number);

    /// <summary>What a program is started under to run there.</summary>
    public string[] Wrapper => ["nsenter", $"--net={Namespace}", "--"];

    private string Namespace => $"/proc/{_holder.Id}/ns/net";

    /// <summary>Whether a process runs there.</summary>
    public bool Has(int process) => new FileInfo(Namespace).LinkTarget == new FileInfo(
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/{process}/ns/net")).LinkTarget;

    /// <summary>Why none can be made here; null when they can.</summary>
    public static async Task<string?> WhyNotAsync()
    {
        if (Environment.UserName != "root" || !File.Exists("/dev/net/tun"))
            return "network namespaces need root and /dev/net/tun";

        try
        {
            var text = await RunAsync("unshare", "--net", "ip", "link", "set", "lo", "up");
            return text is null ? null : $"there are no network namespaces here: {text}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"unshare (Debian's util-linux) and ip (iproute2) are needed: {e.Message}";
        }
    }

    public static async Task<TestMachine> StartAsync(byte number)
    {
        var holder = Process.Start(new ProcessStartInfo("unshare", ["--net", "sh", "-c", "echo there; exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("there", await holder.StandardOutput.ReadLineAsync());
        var (device, name) = OpenDevice();
        var machine = new TestMachine(holder, device, number);
        Assert.Null(await RunAsync("ip", "link", "set", name, "netns", $"{holder.Id}"));
        Assert.Null(await RunAsync([.. machine.Wrapper, "sh", "-e", "-c",
            $"ip link set lo up; ip addr add {machine.Host}/24 dev {name}; ip link set {name} up"]));
        return machine;
    }

    /// <summary>A socket of that machine, to connect to whatever listens on its loopback.</summary>
    public Socket OpenSocket()
    {
        Socket? socket = null;
        string? defect = null;
        // The namespace is the thread's that makes the socket, and then stays the socket's.
        var thread = new Thread(() =>
        {
            var there = Open(Namespace, ReadOnlyCloseOnExec);
            if (there < 0 || Enter(there, NetworkNamespace) != 0)
                defect = $"{Namespace}: error {Marshal.GetLastPInvokeError()}";
            else
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

            _ = there >= 0 ? Close(there) : 0;
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new IOException(defect);
    }

    /// <summary>The next packet that it sends; 0 when it is gone.</summary>
    public int Receive(byte[] packet)
    {
        const int interrupted = 4;
        nint count;
        do
        {
            count = Read(Device, packet, packet.Length);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == interrupted);
        return (int)Math.Max(0, count);
    }

    /// <summary>Gives it a packet. One that is gone, or whose queue is full, loses it, as a wire does.</summary>
    public void Deliver(byte[] packet, int count) => _ = Write(Device, packet, count);

    public void Dispose()
    {
        _holder.StandardInput.Close();
        _holder.WaitForExit();
        _holder.Dispose();
    }

    /// <summary>Whoever received its packets has seen its end.</summary>
    public void Closed() => _ = Close(Device);

    public static string Address(byte number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"10.77.0.{number}");

    private static (int Device, string Name) OpenDevice()
    {
        var device = Open("/dev/net/tun", ReadWriteCloseOnExec);
        Assert.True(device >= 0, $"/dev/net/tun: error {Marshal.GetLastPInvokeError()}");
        // struct ifreq: a name of 16 bytes, which the kernel completes, and flags.
        var request = new byte[40];
        "cairn%d"u8.CopyTo(request);
        BitConverter.TryWriteBytes(request.AsSpan(16), PacketsAlone);
        Assert.True(Control(device, NameDevice, request) == 0, $"TUNSETIFF: error {Marshal.GetLastPInvokeError()}");
        return (device, System.Text.Encoding.ASCII.GetString(request, 0, request.AsSpan(0, 16).IndexOf((byte)0)));
    }

    /// <summary>Null when a program did what it should, else what it said.</summary>
    private static async Task<string?> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var text = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : $"{string.Join(' ', command)}: {text.Trim()}";
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int file, nuint request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int Enter(int file, int kind);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, byte[] buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, byte[] buffer, nint count);
}
