namespace Cairn.Engine.Models.Onnx;

/// <summary>What an ONNX file is made of: itself, and the files beside it that hold the weights of a model over 2 GB. Read by the structure
/// of <c>onnx.proto</c> alone, without loading a weight.</summary>
internal static class OnnxFile
{
    // As many as protobuf's own readers take.
    private const int MostNested = 100;

    private enum Message
    {
        Model,
        Graph,
        Function,
        Node,
        Attribute,
        Sparse,
        Tensor,
        Entry,
    }

    /// <summary>The files of a model by their names beside it, its own first: name and absolute path.</summary>
    internal static IReadOnlyList<(string Name, string Path)> Parts(string path)
    {
        if (!PathFound.IsFile(path))
            throw new DataException($"The ONNX file '{path}' does not exist; check model.path or model.networks.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return [(Path.GetFileName(path), path), .. Locations(path).Select(name => (name, Beside(path, folder, name)))];
    }

    /// <summary>The SHA-256 of each part, in order.</summary>
    internal static IReadOnlyList<string> Digests(string path) =>
        [.. Parts(path).Select(part => "sha256:" + FileDigest.Sha256(new PosixFiles(), part.Path))];

    private static string Beside(string path, string folder, string name)
    {
        var full = Path.GetFullPath(name, folder);
        return Path.IsPathRooted(name) || !full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? throw new DataException($"'{path}' keeps weights in '{name}', which is not beside it; expected files of its own folder.")
            : PathFound.IsFile(full) ? full
            : throw new DataException($"'{path}' keeps weights in '{full}', which does not exist; copy it beside the ONNX file.");
    }

    private static SortedSet<string> Locations(string path)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        using var stream = File.OpenRead(path);
        using var reader = new BinaryReader(stream);
        try
        {
            if (Walk(reader, stream.Length, Message.Model, found))
                return found;
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or OverflowException or FormatException)
        {
            throw new DataException($"'{path}' is no ONNX file, or a damaged one: {e.Message} Expected what torch.onnx.export writes.", e);
        }
        throw new DataException($"'{path}' is no ONNX file: it holds no graph. Expected what torch.onnx.export writes.");
    }

    /// <summary>Reads one message up to an end; says whether it holds a graph.</summary>
    private static bool Walk(BinaryReader reader, long end, Message kind, SortedSet<string> found, int depth = 0)
    {
        var (hasGraph, key, value) = (false, "", "");
        if (depth > MostNested)
            throw new InvalidDataException($"its messages lie more than {MostNested} deep in one another.");
        while (reader.BaseStream.Position < end)
        {
            var tag = checked((ulong)reader.Read7BitEncodedInt64());
            var (field, wire) = (tag >> 3, tag & 7);
            var length = wire switch
            {
                0 => Skipped(reader),
                1 => 8,
                2 => reader.Read7BitEncodedInt64(),
                5 => 4,
                _ => throw new InvalidDataException($"no protobuf at byte {reader.BaseStream.Position}."),
            };
            var next = reader.BaseStream.Position + length;
            if (length < 0 || next > end)
                throw new InvalidDataException($"it ends within a field of {length} bytes at byte {reader.BaseStream.Position}.");
            if (wire == 2 && Inner(kind, field) is { } inner)
            {
                hasGraph |= inner == Message.Graph;
                _ = Walk(reader, next, inner, found, depth + 1);
            }
            else if (wire == 2 && kind == Message.Entry)
            {
                var text = Encoding.UTF8.GetString(reader.ReadBytes(checked((int)length)));
                (key, value) = field == 1 ? (text, value) : (key, text);
            }
            reader.BaseStream.Position = next;
        }
        if (kind == Message.Entry && key == "location")
            _ = found.Add(value);
        return hasGraph;
    }

    private static long Skipped(BinaryReader reader)
    {
        _ = reader.Read7BitEncodedInt64();
        return 0;
    }

    /// <summary>The messages in which tensors are, by their numbers in <c>onnx.proto</c>.</summary>
    private static Message? Inner(Message kind, ulong field) => (kind, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Graph, 5) or (Message.Sparse, 1 or 2) or (Message.Attribute, 5 or 10) => Message.Tensor,
        (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.Sparse,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Tensor, 13) => Message.Entry,
        _ => null,
    };
}
