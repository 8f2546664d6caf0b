using System.Buffers.Binary;
using System.IO.Compression;

namespace Cairn.Engine.Tests.Torch;

/// <summary>A TorchScript archive as <c>torch.jit.save</c> writes it: a zip file of code, of a pickle that says what the module holds, and
/// of the tensors' bytes. Neither libtorch's C interface nor TorchSharp can make one out of text.</summary>
internal sealed class ScriptArchive : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-archive-").FullName;

    public ScriptArchive(string methods, params (string Name, Tensor Value)[] buffers)
    {
        Path = System.IO.Path.Combine(_folder, "model.pt");
        using var zip = ZipFile.Open(Path, ZipArchiveMode.Create);
        Add(zip, "version", "3\n"u8);
        Add(zip, "data.pkl", Module(buffers));
        Add(zip, "constants.pkl", [0x80, 2, (byte)')', (byte)'.']);
        Add(zip, "code/__torch__.py", Encoding.UTF8.GetBytes(Code(methods, buffers)));
        for (var i = 0; i < buffers.Length; i++)
        {
            var bytes = new byte[buffers[i].Value.numel() * buffers[i].Value.ElementSize];
            buffers[i].Value.CopyTo(bytes);
            Add(zip, $"data/{i}", bytes);
            buffers[i].Value.Dispose();
        }
    }

    public string Path { get; }
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Code(string methods, (string Name, Tensor Value)[] buffers) =>
        "class Model(Module):\n  __parameters__ = []\n  __buffers__ = ["
        + string.Concat(buffers.Select(b => $"\"{b.Name}\", ")) + "]\n"
        + string.Concat(buffers.Select(b => $"  {b.Name} : Tensor\n")) + "  training : bool\n"
        + string.Concat(methods.Split('\n').Select(line => $"  {line}\n"));

    private static void Add(ZipArchive zip, string name, ReadOnlySpan<byte> bytes)
    {
        using var stream = zip.CreateEntry($"archive/{name}", CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }

    /// <summary>The opcodes are those of Python's pickletools: a class, its attributes, and of each tensor where its bytes are.</summary>
    private static byte[] Module((string Name, Tensor Value)[] buffers)
    {
        var pickle = new List<byte> { 0x80, 2 };
        Put("c__torch__\nModel\n)\u0081}(");
        for (var i = 0; i < buffers.Length; i++)
        {
            Text(buffers[i].Name);
            Tensor(buffers[i].Value, i);
        }
        Text("training");
        Put("\u0089ub.");
        return [.. pickle];

        void Put(string opcodes) => pickle.AddRange(Encoding.Latin1.GetBytes(opcodes));

        void Text(string text)
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
            pickle.Add((byte)'X');
            pickle.AddRange(length);
            Put(text);
        }

        void Small(long number) => pickle.AddRange([(byte)'K', checked((byte)number)]);

        void Numbers(long[] numbers)
        {
            Put("(");
            Array.ForEach(numbers, Small);
            Put("t");
        }

        void Tensor(Tensor tensor, int index)
        {
            Put("ctorch._utils\n_rebuild_tensor_v2\n((");
            Text("storage");
            Put($"ctorch\n{(tensor.dtype == ScalarType.Int64 ? "Long" : "Float")}Storage\n");
            Text($"{index}");
            Text("cpu");
            Small(tensor.numel());
            Put("tQ");
            Small(0);
            Numbers(tensor.shape);
            Numbers(tensor.stride());
            Put("\u0089ccollections\nOrderedDict\n)RtR");
        }
    }
}
