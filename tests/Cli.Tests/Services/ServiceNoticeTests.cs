using System.Net.Sockets;
using System.Text;
using Cairn.Cli.Services;

namespace Cairn.Cli.Tests.Services;

public sealed class ServiceNoticeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_service_manager_is_told_that_the_service_is_ready(bool inAbstractNamespace)
    {
        var name = Path.Combine(Path.GetTempPath(), $"cairn-notice-{Guid.NewGuid():N}");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(inAbstractNamespace ? "\0" + name : name));
        manager.ReceiveTimeout = 10_000;
        ServiceNotice.Ready(variable => variable == ServiceNotice.Variable ? (inAbstractNamespace ? "@" : "") + name : null);
        var buffer = new byte[100];

        Assert.Equal("READY=1", Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)));
        File.Delete(name);
    }

    [Fact]
    public void Without_a_manager_nobody_is_told()
    {
        ServiceNotice.Ready(_ => null);
        ServiceNotice.Stopping(_ => "/nowhere/at/all");
    }
}
