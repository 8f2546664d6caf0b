using System.Security.Cryptography;

namespace Cairn.Engine.Models;

/// <summary>A user's TorchScript file, recognised by its first bytes and not by its name: a zip archive is what <c>torch.jit.save</c>
/// writes, anything else has to be source text.</summary>
internal static class ScriptFile
{
    private const int MaxSourceBytes = 1 << 20;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Compiles or loads the file; also gives what shapes numbers: the text itself, or the archive's SHA-256.</summary>
    internal static (Script Module, string Numerics) Open(string path, Device device, string setting = "model.path")
    {
        using var stream = Read(path, setting);
        if (IsZip(stream))
            return (Script.Load(path, device), Digest(stream));
        var text = ReadText(stream, path);
        return (Script.FromSource(text, name: Path.GetFileName(path)), text);
    }

    /// <summary>What of an archive shapes numbers, without loading it; null of a text, which holds no weights.</summary>
    internal static string? DigestOfArchive(string path, string setting = "model.path")
    {
        using var stream = Read(path, setting);
        return IsZip(stream) ? Digest(stream) : null;
    }

    private static FileStream Read(string path, string setting) => PathFound.IsFile(path)
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read)
        : throw new DataException($"The TorchScript file '{path}' does not exist; check {setting}.");

    private static string Digest(FileStream archive) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(archive));

    private static bool IsZip(FileStream stream)
    {
        Span<byte> magic = stackalloc byte[4];
        var read = stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return magic[..read].SequenceEqual("PK\u0003\u0004"u8);
    }

    private static string ReadText(FileStream stream, string path)
    {
        const string Expected = "expected an archive written by torch.jit.save, or TorchScript source text in UTF-8";
        if (stream.Length > MaxSourceBytes)
            throw new DataException($"'{path}' is no zip archive and has {stream.Length} bytes, more than any source text "
                + $"({MaxSourceBytes}); {Expected}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        try
        {
            return bytes.Contains((byte)0)
                ? throw new DataException($"'{path}' is neither a zip archive nor text (it holds zero bytes); {Expected}.")
                : Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new DataException($"'{path}' is neither a zip archive nor text in UTF-8; {Expected}.", e);
        }
    }
}

/// <summary>What every method of a user's TorchScript has to be like.</summary>
internal static partial class ScriptContract
{
    /// <summary>Whether a method takes one tensor and gives one; further arguments are fine as long as each has a default.</summary>
    internal static bool TakesOneTensor(Script module, string method) => OneTensorToOneTensor().IsMatch(module.Signature(method));

    /// <summary>Requires one tensor to one tensor.</summary>
    internal static void Require(Script module, string method)
    {
        if (!TakesOneTensor(module, method))
            throw new SpecException($"Method '{method}' of '{module.Name}' has the signature {module.Signature(method)}; "
                + $"expected {method}(x: Tensor) -> Tensor"
                + (method == "init" ? ", or init(fields: Tensor, time: Tensor) -> Tensor." : "."));
    }

    [GeneratedRegex(@"^\w+\((?:\S+ self, )?Tensor \w+(, [^,=]+=[^,]+)*\) -> \(?Tensor\b[^,]*$")]
    private static partial Regex OneTensorToOneTensor();
}
