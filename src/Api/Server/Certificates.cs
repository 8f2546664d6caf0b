using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cairn.Engine.Settings;

namespace Cairn.Api.Server;

/// <summary>Loads a seed's certificate.</summary>
internal static class Certificates
{
    /// <summary>The certificate with its key and chain.</summary>
    /// <exception cref="SpecException">It cannot be used.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Load(TlsSettings tls)
    {
        try
        {
            var password = tls.PasswordFile is { } file ? File.ReadAllText(file).Trim() : null;
            var chain = new X509Certificate2Collection();
            if (tls.IsPfx)
                return (X509CertificateLoader.LoadPkcs12FromFile(tls.Certificate, password), chain);

            var certificate = password is null
                ? X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key)
                : X509Certificate2.CreateFromEncryptedPemFile(tls.Certificate, password, tls.Key);
            chain.ImportFromPemFile(tls.Certificate);
            return (certificate, chain);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SpecException(
                $"seed.tls.certificate names {tls.Certificate}, which cannot be used: {e.Message} Expected a PEM file with the "
                + "certificate, its private key there or in seed.tls.key, or a PFX file; and the key's password, if it has one, in "
                + "seed.tls.password-file.",
                e);
        }
    }
}
