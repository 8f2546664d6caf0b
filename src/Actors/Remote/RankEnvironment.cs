using System.Globalization;
using System.Net;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Remote;

/// <summary>The environment variables through which a node and the processes that it starts find each other.</summary>
/// <param name="Node">Where the node listens.</param>
/// <param name="Secret">What lets a process in there.</param>
/// <param name="Parent">The process that this one must not outlive; null where another one stands between, such as <c>mpirun</c>.</param>
internal sealed record RankEnvironment(IPEndPoint Node, string Secret, int? Parent)
{
    /// <summary>Where the node listens.</summary>
    public const string SocketVariable = "CAIRN_RANK_SOCKET";

    /// <summary>What lets a process in there.</summary>
    public const string SecretVariable = "CAIRN_RANK_SECRET";

    /// <summary>The process that started this one itself.</summary>
    public const string ParentVariable = "CAIRN_RANK_PARENT";

    /// <summary>Set by users, for the node: the address of its host that ranks on other hosts reach.</summary>
    public const string AddressVariable = "CAIRN_CONTROL_ADDRESS";

    /// <summary>The address that a node listens on: loopback, unless its environment names another.</summary>
    /// <exception cref="SpecException">What it names is no address.</exception>
    public static IPAddress ListenOn(Func<string, string?> environment) => environment(AddressVariable) switch
    {
        null or "" => IPAddress.Loopback,
        var text => IPAddress.TryParse(text, out var address)
            ? address
            : throw new SpecException($"The environment's {AddressVariable} is '{text}'; expected an IP address of this host."),
    };

    /// <summary>The variables for a process that is to come to a listener.</summary>
    public static IReadOnlyDictionary<string, string> Describe(IPEndPoint node, string secret) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { [SocketVariable] = node.ToString(), [SecretVariable] = secret };

    /// <summary>The variables of a process that a node started.</summary>
    /// <exception cref="SpecException">No node did.</exception>
    public static RankEnvironment Read(Func<string, string?> environment)
    {
        if (environment(SocketVariable) is not { Length: > 0 } node || environment(SecretVariable) is not { Length: > 0 } secret
            || !IPEndPoint.TryParse(node, out var endpoint))
        {
            throw new SpecException(
                $"cairn rank is started by a node, which tells it by {SocketVariable} and {SecretVariable} where to find that node; there "
                + "is nothing to start by hand. Give ranks.launcher = process or mpi in a run's spec. Where a launcher does not pass the "
                + $"environment on to other hosts, name both in ranks.command: mpirun -x {SocketVariable} -x {SecretVariable} "
                + $"{RankSpec.UsualCommand["mpirun ".Length..]}");
        }

        return new RankEnvironment(
            endpoint, secret,
            int.TryParse(environment(ParentVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var parent) ? parent : null);
    }
}
