using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Cairn.Actors.Cluster;
using Cairn.Engine.Ranks;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Actors.Ranks;

/// <summary>What a rank process gets in its environment, to connect to its node.</summary>
/// <param name="Node">The actor that started it, with its node's address.</param>
/// <param name="Parent">The process that it must not outlive; null if another one is in between, such as <c>mpiexec</c>.</param>
internal sealed record RankEnvironment(ActorPath Node, string Token, ClusterCertificate Certificate, int? Parent)
{
    public const string NodeVariable = "CAIRN_RANK_NODE";

    public const string TokenVariable = "CAIRN_RANK_TOKEN";

    public const string ParentVariable = "CAIRN_RANK_PARENT";

    /// <summary>Set by users for the node: the address of its host that ranks on other hosts can reach.</summary>
    public const string AddressVariable = "CAIRN_CONTROL_ADDRESS";

    private static readonly string[] Required = [NodeVariable, TokenVariable, ClusterCertificate.Variable];

    public Dictionary<string, string> ToVariables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [NodeVariable] = Node.ToSerializationFormat(),
            [TokenVariable] = Token,
            // Base64, since not every MPI launcher passes on values of several lines.
            [ClusterCertificate.Variable] = Convert.ToBase64String(Encoding.ASCII.GetBytes(Certificate.ToPem())),
        };
        if (Parent is { } parent)
            variables[ParentVariable] = parent.ToString(CultureInfo.InvariantCulture);

        return variables;
    }

    /// <exception cref="SpecException">No node started this process.</exception>
    public static RankEnvironment Read(Func<string, string?> environment)
    {
        if (Required.Any(name => string.IsNullOrEmpty(environment(name))) || !ActorPath.TryParse(environment(NodeVariable), out var node))
        {
            throw new SpecException(
                $"cairn rank is started by a node, which sets {string.Join(", ", Required)} so that it finds that node; "
                + "it is not for manual use. Set ranks.launcher = process or mpi in a run's spec. If a launcher does not pass the "
                + "environment on to other hosts, name these variables in ranks.command: "
                + $"{RankSpec.UsualCommand.Replace(
                    Mpiexec.Placeholder, $"{Mpiexec.Placeholder} -genvlist {string.Join(',', Required)}", StringComparison.Ordinal)}");
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

/// <summary>A secret for each launch, passed to the process only in its environment.</summary>
internal sealed class RankToken
{
    private const int Bytes = 32;
    private readonly HashSet<int> _used = [];

    public string Text { get; } = RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true);

    /// <summary>Compares in constant time.</summary>
    public bool Is(string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Text), Encoding.UTF8.GetBytes(shown));

    /// <summary>Why a process is not accepted; null if it is, which happens once per rank.</summary>
    public string? Refusal(RankHello hello) => hello switch
    {
        { Protocol: not RankHello.Version } => $"it has protocol version {hello.Protocol}, this node has {RankHello.Version}",
        _ when !Is(hello.Token) => "its token is not the one that it was given",
        _ when !_used.Add(hello.Mpi?.Rank ?? 0) => "another process has used that token before",
        _ => null,
    };
}

/// <summary>How a node starts processes of ranks.</summary>
internal sealed record RankProcesses(RankProgram Program, ClusterCertificate Certificate)
{
    /// <summary>The variables of a process that is to connect to <paramref name="actor"/>.</summary>
    /// <param name="isChild">Whether this process starts it directly.</param>
    public Dictionary<string, string> Environment(ActorSystem system, IActorRef actor, RankToken token, bool isChild)
    {
        var address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
        var node = ActorPath.Parse(actor.Path.ToStringWithAddress(address));
        return new RankEnvironment(node, token.Text, Certificate, isChild ? System.Environment.ProcessId : null).ToVariables();
    }
}

/// <summary>The command of a process of ranks: this program itself.</summary>
internal sealed record RankProgram(IReadOnlyList<string> Words)
{
    public const string Command = "rank";

    private const string Program = "cairn";

    /// <exception cref="SpecException">This process is another program, and the CLI is not in its directory.</exception>
    public static RankProgram OfThisProcess()
    {
        var entry = Assembly.GetEntryAssembly();
        if (entry?.GetName().Name == Program && Environment.ProcessPath is { } path)
            return Path.GetFileNameWithoutExtension(path) == "dotnet" ? new([path, entry.Location, Command]) : new([path, Command]);

        var beside = Path.Combine(AppContext.BaseDirectory, Program);
        return File.Exists(beside)
            ? new([beside, Command])
            : throw new SpecException(
                $"ranks.launcher starts the program cairn; this process is {entry?.GetName().Name ?? "another one"} and has no {beside}. "
                + "Use cairn run, or ranks.launcher = in-process.");
    }

    /// <summary>A launcher's command for a gang: words separated by spaces, without a shell.</summary>
    public IReadOnlyList<string> Under(string template, string count, Func<string> findMpiexec) =>
    [
        .. template.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(word => word switch
        {
            "{rank}" => Words,
            Mpiexec.Placeholder => [findMpiexec()],
            _ => [word.Replace("{count}", count, StringComparison.Ordinal)],
        }),
    ];
}
