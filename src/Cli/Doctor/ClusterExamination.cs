using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Cairn.Actors.Cluster;
using Cairn.Cli.Services;
using Cairn.Engine.Settings;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Doctor;

/// <summary>
/// Reports the names, ports and certificate that a node of this user would use, and whether a seed answers. Changes nothing.
/// </summary>
internal static class ClusterExamination
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<DoctorSection> RunAsync(ClusterSettings settings, CancellationToken cancel)
    {
        var (certificate, shown) = Certificate(settings);
        using (certificate)
        {
            var findings = new List<Finding> { shown, Finding.Good("state", settings.StateDirectory) };
            findings.AddRange(Listening(settings));
            findings.Add(Finding.Good("detection", settings.Detection.ToString().ToLowerInvariant()));
            findings.Add(settings.Journal is null
                ? Finding.Good("journal",
                    $"SQLite, in {Path.Combine(settings.StateDirectory, "seed", JournalSettings.FileName)}: for one seed")
                : Finding.Good("journal", "PostgreSQL, for several seeds"));
            foreach (var seed in NodeOptions.Join(settings, isSeed: false))
                findings.Add(await SeedAsync(seed, certificate, cancel).ConfigureAwait(false));

            return new DoctorSection("The cluster", findings);
        }
    }

    private static (ClusterCertificate? Certificate, Finding Finding) Certificate(ClusterSettings settings)
    {
        var path = NodeOptions.CertificatePath(settings);
        if (!PathFound.IsFile(path))
        {
            return (null, Finding.Limited("certificate", $"none at {path}",
                "The first seed creates it at its start if it has none. For a worker elsewhere, copy it from there (mode 0600)."));
        }

        try
        {
            var certificate = ClusterCertificate.Load(path);
            return (certificate, Finding.Good("certificate", $"{path} ({certificate.Fingerprint})"));
        }
        catch (CairnException e)
        {
            return (null, Finding.Broken("certificate", e.Message, "Copy it again from a seed's state directory, chmod 600."));
        }
    }

    private static IEnumerable<Finding> Listening(ClusterSettings settings)
    {
        var port = settings.Port ?? ClusterSettings.UsualPort;
        var at = settings.Bind ?? settings.Host;
        yield return Finding.Good("worker", $"is reached at {settings.Host}, any free port unless cluster.port is set");
        var others = IPAddress.TryParse(settings.Host, out var ip) && IPAddress.IsLoopback(ip) ? ", only by nodes of this machine" : "";
        yield return FreePort.Unusable(at, port) is { } why
            ? Finding.Limited("seed", $"cannot listen at {at}, port {port}: {why}",
                "Is a seed running there? Choose others with cluster.host and cluster.port.")
            : Finding.Good("seed", $"is reached at {settings.Host}:{port}{others}");
    }

    private static async Task<Finding> SeedAsync(string seed, ClusterCertificate? certificate, CancellationToken cancel)
    {
        var subject = $"seed {seed}";
        var (host, port) = ClusterSettings.Address(seed)!.Value;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(host, port, patience.Token).ConfigureAwait(false);
            if (certificate is null)
                return Finding.Limited(subject, "accepts connections; without a certificate no node can join");

            using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(Options(host, certificate), patience.Token).ConfigureAwait(false);
            return Finding.Good(subject, "reached, and it has this certificate");
        }
        catch (AuthenticationException)
        {
            return Finding.Broken(subject, "has another certificate", "Copy cluster.pem from its state directory (mode 0600).");
        }
        catch (Exception e) when (e is SocketException or IOException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return Finding.Limited(subject, e is OperationCanceledException ? "does not answer" : $"not reached: {e.Message}",
                "Start it with \"cairn seed\", or name another with --seed; check that no firewall is in between.");
        }
    }

    private static SslClientAuthenticationOptions Options(string host, ClusterCertificate certificate) => new()
    {
        TargetHost = host,
        ClientCertificates = [certificate.Certificate],
        LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate.Certificate,
        RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.IsShownBy(shown as X509Certificate2),
    };
}
