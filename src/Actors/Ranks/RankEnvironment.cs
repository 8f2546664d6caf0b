using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cairn.Actors.Cluster;
using Cairn.Engine.Ranks;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Ranks;

/// <summary>The information that only a rank process gets, in its environment.</summary>
/// <param name="Node">The actor that started it, with the address of its node.</param>
/// <param name="Token">Its token for connecting.</param>
/// <param name="Certificate">The certificate that both ends of the connection show and require.</param>
/// <param name="Parent">The process that it must not outlive; null if another one is in between, such as <c>mpiexec</c>.</param>
internal sealed record RankEnvironment(ActorPath Node, string Token, ClusterCertificate Certificate, int? Parent)
{
    /// <summary>The actor that started it.</summary>
    public const string NodeVariable = "CAIRN_RANK_NODE";

    /// <summary>What lets it in there.</summary>
    public const string TokenVariable = "CAIRN_RANK_TOKEN";

    /// <summary>The process that started it itself.</summary>
    public const string ParentVariable = "CAIRN_RANK_PARENT";

    /// <summary>Set by users, for the node: the address of its host that ranks on other hosts reach.</summary>
    public const string AddressVariable = "CAIRN_CONTROL_ADDRESS";

    private static readonly string[] Told = [NodeVariable, TokenVariable, ClusterCertificate.Variable];

    /// <summary>The variables that tell it.</summary>
    public Dictionary<string, string> Describe()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [NodeVariable] = Node.ToSerializationFormat(),
            [TokenVariable] = Token,
            // In one line: not every launcher of MPI programs passes others on.
            [ClusterCertificate.Variable] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Certificate.ToPem())),
        };
        if (Parent is { } parent)
        {
            variables[ParentVariable] = parent.ToString(CultureInfo.InvariantCulture);
        }

        return variables;
    }

    /// <summary>Reads them.</summary>
    /// <exception cref="SpecException">No node started this process.</exception>
    public static RankEnvironment Read(Func<string, string?> environment)
    {
        if (Told.Any(name => string.IsNullOrEmpty(environment(name))) || !ActorPath.TryParse(environment(NodeVariable), out var node))
        {
            throw new SpecException(
                $"cairn rank is started by a node, which sets {string.Join(", ", Told)} so that it finds that node; it is not for manual "
                + "use. Set ranks.launcher = process or mpi in a run's spec. If a launcher does not pass the environment on to other "
                + "hosts, name these variables in ranks.command: "
                + $"{RankSpec.UsualCommand.Replace(
                    Mpiexec.Placeholder, $"{Mpiexec.Placeholder} -genvlist {string.Join(',', Told)}", StringComparison.Ordinal)}");
        }

        return new RankEnvironment(
            node, environment(TokenVariable)!, ReadCertificate(environment(ClusterCertificate.Variable)!),
            int.TryParse(environment(ParentVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var parent) ? parent : null);
    }

    private static ClusterCertificate ReadCertificate(string text)
    {
        try
        {
            return ClusterCertificate.FromPem(Encoding.ASCII.GetString(Convert.FromBase64String(text)), ClusterCertificate.Variable);
        }
        catch (FormatException e)
        {
            throw new SpecException($"{ClusterCertificate.Variable} is not base64 text: only a node sets it, for the processes it starts.",
                e);
        }
    }
}

/// <summary>The token of a process: drawn for each launch, and passed to it only in its environment.</summary>
internal sealed class RankToken
{
    private const int Bytes = 32;
    private readonly HashSet<int> _used = [];

    /// <summary>As text.</summary>
    public string Text { get; } = RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true);

    /// <summary>Whether a token is the right one; takes equally long for every wrong one.</summary>
    public bool Is(string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Text), Encoding.UTF8.GetBytes(shown));

    /// <summary>Accepts a process, once per rank.</summary>
    /// <returns>Why it is not accepted; null if it is.</returns>
    public string? Refusal(RankHello hello) => hello switch
    {
        { Protocol: not RankHello.Version } => $"it has protocol version {hello.Protocol}, this node has {RankHello.Version}",
        _ when !Is(hello.Token) => "its token is not the one that it was given",
        _ when !_used.Add(hello.Mpi?.Rank ?? 0) => "another process has used that token before",
        _ => null,
    };
}
