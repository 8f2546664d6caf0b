using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cairn.Storage.Durable;

namespace Cairn.Actors.Cluster;

/// <summary>
/// What processes show each other on every connection: one self-signed certificate and its key, the same for all of a cluster, or for a
/// node and its rank processes. Who has it belongs; nothing else counts, neither names nor dates nor an authority.
/// </summary>
public sealed class ClusterCertificate : IDisposable
{
    /// <summary>Its file in a seed's state directory.</summary>
    public const string FileName = "cluster.pem";

    /// <summary>The environment variable that brings it to a child process, in the child's environment alone.</summary>
    public const string Variable = "CAIRN_CLUSTER_CERTIFICATE";

    // Not a matter of dates: RFC 5280, 4.1.2.5, has the latter for "no well-defined expiration date".
    private static readonly DateTimeOffset Begin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private ClusterCertificate(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The beginning of the certificate's SHA-256 digest, for people to compare.</summary>
    public string Fingerprint => Certificate.GetCertHashString(HashAlgorithmName.SHA256)[..16].ToLowerInvariant();

    /// <summary>Makes a new one, in memory.</summary>
    public static ClusterCertificate Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cairn", key, HashAlgorithmName.SHA256);
        return new(request.CreateSelfSigned(Begin, End));
    }

    /// <summary>The one of a state directory; makes it if there is none, and if two processes do so at once, both get the same.</summary>
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

    /// <summary>Reads a file.</summary>
    /// <exception cref="SpecException">There is none.</exception>
    /// <exception cref="DataException">Others can read it, or it holds something else.</exception>
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
    /// <param name="pem">The text.</param>
    /// <param name="origin">Where it is from, for the error.</param>
    /// <exception cref="DataException">It is no certificate with its key.</exception>
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

    /// <summary>Certificate and key as text. It is a secret.</summary>
    public string ToPem()
    {
        using var key = Certificate.GetECDsaPrivateKey()!;
        return $"{Certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    /// <summary>Whether a peer showed this very certificate. TLS has made sure that it has the key.</summary>
    public bool IsShownBy(X509Certificate2? shown) => shown is not null
        && shown.RawDataMemory.Span.SequenceEqual(Certificate.RawDataMemory.Span);

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    private static DataException Unusable(string origin, string why, Exception? inner = null) => new(
        $"{origin} holds no cluster certificate as seeds create it (PEM text with CERTIFICATE and PRIVATE KEY): {why.TrimEnd('.')}.",
            inner);
}
