using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Cluster;

/// <summary>
/// The self-signed certificate, with its key, that all processes of a cluster share, or a node and its rank processes. Both ends of every
/// connection must show it; names, dates and authorities do not count.
/// </summary>
public sealed class ClusterCertificate : IDisposable
{
    /// <summary>Its file in a seed's state directory.</summary>
    public const string FileName = "cluster.pem";

    /// <summary>The environment variable that passes it to a child process.</summary>
    public const string Variable = "CAIRN_CLUSTER_CERTIFICATE";

    // Dates do not count: the latter means "no well-defined expiration date" (RFC 5280, 4.1.2.5).
    private static readonly DateTimeOffset Begin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private ClusterCertificate(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The start of the certificate's SHA-256 digest, for people to compare.</summary>
    public string Fingerprint => Certificate.GetCertHashString(HashAlgorithmName.SHA256)[..16].ToLowerInvariant();

    /// <summary>Creates one in memory.</summary>
    public static ClusterCertificate Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cairn", key, HashAlgorithmName.SHA256);
        return new(request.CreateSelfSigned(Begin, End));
    }

    /// <summary>Loads or creates the one of a state directory; two processes that create it at once get the same.</summary>
    /// <param name="directory">The state directory; it must exist.</param>
    public static ClusterCertificate LoadOrCreate(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!PathFound.IsFile(path))
        {
            using var made = Create();
            PrivateFile.Create(path, Encoding.ASCII.GetBytes(made.ToPem()));
        }

        return Load(path);
    }

    /// <summary>Loads it from a file.</summary>
    /// <exception cref="SpecException">There is none.</exception>
    /// <exception cref="DataException">Other users can read the file, or it holds something else.</exception>
    public static ClusterCertificate Load(string path)
    {
        try
        {
            return FromPem(Encoding.ASCII.GetString(PrivateFile.Read(path)), path);
        }
        catch (DurableIOException missing) when (missing.NotFound)
        {
            throw new SpecException(
                $"There is no cluster certificate at {path}. A seed makes one in its state directory at its first start: "
                + "copy it from there (it is a secret: mode 0600), and name it with --certificate.", missing);
        }
    }

    /// <summary>Reads what <see cref="ToPem"/> wrote.</summary>
    /// <param name="origin">Its source, for error messages.</param>
    /// <exception cref="DataException">It is not a certificate with its key.</exception>
    public static ClusterCertificate FromPem(string pem, string origin)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw Unusable(origin, error.Message, error);
        }

        using var key = certificate.GetECDsaPrivateKey();
        if (key is null)
        {
            certificate.Dispose();
            throw Unusable(origin, "its key is not an elliptic-curve key");
        }

        return new(certificate);
    }

    /// <summary>Certificate and private key as text: a secret.</summary>
    public string ToPem()
    {
        using var key = Certificate.GetECDsaPrivateKey()!;
        return $"{Certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    /// <summary>Whether a peer showed this certificate. TLS has verified that it has the key.</summary>
    public bool IsShownBy(X509Certificate2? shown) => shown is not null
        && shown.RawDataMemory.Span.SequenceEqual(Certificate.RawDataMemory.Span);

    public void Dispose() => Certificate.Dispose();

    private static DataException Unusable(string origin, string why, Exception? inner = null) => new(
        $"{origin} holds no cluster certificate as seeds create it (PEM text with CERTIFICATE and PRIVATE KEY): {why.TrimEnd('.')}.",
            inner);
}
