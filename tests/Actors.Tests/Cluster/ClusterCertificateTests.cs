using System.Runtime.Versioning;
using System.Security.Cryptography;
using Cairn.Actors.Cluster;

namespace Cairn.Actors.Tests.Cluster;

/// <summary>The cluster's certificate is made once, is nobody else's to read, and is never taken unread.</summary>
[SupportedOSPlatform("linux")]
public sealed class ClusterCertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-certificate-").FullName;

    private string File => Path.Combine(_folder, ClusterCertificate.FileName);

    [Fact]
    public void A_state_directory_gets_one_certificate_for_its_owner_alone()
    {
        using var made = ClusterCertificate.LoadOrCreate(_folder);
        using var found = ClusterCertificate.LoadOrCreate(_folder);

        Assert.True(made.IsShownBy(found.Certificate));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([ClusterCertificate.FileName], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Processes_that_start_at_once_get_the_same_certificate()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ClusterCertificate.LoadOrCreate(_folder))));

        Assert.Single(all.Select(c => c.Fingerprint).Distinct());
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Another_certificate_of_the_same_name_is_not_the_same()
    {
        using var one = ClusterCertificate.Create();
        using var other = ClusterCertificate.Create();

        Assert.False(one.IsShownBy(other.Certificate));
        Assert.False(one.IsShownBy(null));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "has mode 0640")]
    [InlineData(UnixFileMode.OtherRead, "has mode 0604")]
    [InlineData(UnixFileMode.OtherWrite, "has mode 0602")]
    public void A_file_that_others_can_get_at_is_refused(UnixFileMode more, string words)
    {
        ClusterCertificate.LoadOrCreate(_folder).Dispose();
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        var refused = Assert.Throws<DataException>(() => ClusterCertificate.LoadOrCreate(_folder));

        Assert.Contains($"{File} holds a secret and {words}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_says_where_it_comes_from()
    {
        var missing = Assert.Throws<SpecException>(() => ClusterCertificate.Load(File));

        Assert.Contains($"There is no cluster certificate at {File}", missing.Message, StringComparison.Ordinal);
        Assert.Contains("--certificate", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        ClusterCertificate.LoadOrCreate(_folder).Dispose();
        var link = Path.Combine(_folder, "link.pem");
        System.IO.File.CreateSymbolicLink(link, File);

        Assert.ThrowsAny<CairnException>(() => ClusterCertificate.Load(link));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Anything_else_in_its_place_is_refused(string what, string text)
    {
        using (var file = new FileStream(File, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        }

        var refused = Assert.Throws<DataException>(() => ClusterCertificate.LoadOrCreate(_folder));

        Assert.True(refused.Message.StartsWith($"{File} holds", StringComparison.Ordinal), $"{what}: {refused.Message}");
    }

    public static TheoryData<string, string> Wrong()
    {
        using var one = ClusterCertificate.Create();
        using var other = ClusterCertificate.Create();
        var certificate = one.Certificate.ExportCertificatePem();
        var key = other.ToPem()[other.Certificate.ExportCertificatePem().Length..];
        using var rsa = RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=cairn", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var signed = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        return new()
        {
            { "nothing", "" },
            { "noise", "\0\u0001\u007f-----BEGIN" },
            { "a certificate without its key", certificate },
            { "the key of another", certificate + key },
            { "a key without a certificate", key },
            { "half a file", one.ToPem()[..300] },
            { "an RSA key", $"{signed.ExportCertificatePem()}\n{rsa.ExportPkcs8PrivateKeyPem()}\n" },
            { "too much", new string('x', 100_000) },
        };
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
