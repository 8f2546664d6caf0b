using System.Runtime.InteropServices;

namespace Cairn.Storage.NetCdf;

/// <summary>What a file says about itself, read once when it is opened; the caller holds the library's lock.</summary>
internal sealed record NetCdfContents(
    IReadOnlyList<NetCdfDimension> Dimensions,
    IReadOnlyList<NetCdfVariable> Variables,
    IReadOnlyDictionary<string, NetCdfAttribute> Attributes)
{
    private const int Global = -1;
    private const int NameBytes = 257;
    private const int MaxAttributeLength = 1 << 20;

    internal static NetCdfContents Read(int file, string path) => new Reader(file, path).Read();

    private sealed class Reader(int file, string path)
    {
        internal NetCdfContents Read()
        {
            var dimensions = ReadDimensions();
            Check(NetCdfLibrary.InquireVariableCount(file, out var count), "counting its variables");
            var variables = Enumerable.Range(0, count).Select(id => ReadVariable(id, dimensions)).ToList();
            Check(NetCdfLibrary.InquireAttributeCount(file, out var attributes), "counting its attributes");
            return new NetCdfContents([.. dimensions.Values], variables, ReadAttributes(Global, attributes));
        }

        private SortedDictionary<int, NetCdfDimension> ReadDimensions()
        {
            Check(NetCdfLibrary.InquireDimensions(file, out var count, null, 0), "counting its dimensions");
            var ids = new int[count];
            Check(NetCdfLibrary.InquireDimensions(file, out _, ids, 0), "listing its dimensions");
            Check(NetCdfLibrary.InquireUnlimited(file, out var unlimitedCount, null), "counting its unlimited dimensions");
            var unlimited = new int[unlimitedCount];
            Check(NetCdfLibrary.InquireUnlimited(file, out _, unlimited), "listing its unlimited dimensions");

            var dimensions = new SortedDictionary<int, NetCdfDimension>();
            foreach (var id in ids)
            {
                var name = new byte[NameBytes];
                Check(NetCdfLibrary.InquireDimension(file, id, name, out var length), "reading a dimension");
                dimensions[id] = new NetCdfDimension(Text(name), checked((long)length), unlimited.Contains(id));
            }

            return dimensions;
        }

        private NetCdfVariable ReadVariable(int id, SortedDictionary<int, NetCdfDimension> dimensions)
        {
            Check(NetCdfLibrary.InquireVariableRank(file, id, out var rank), "reading a variable");
            var name = new byte[NameBytes];
            var ids = new int[rank];
            Check(NetCdfLibrary.InquireVariable(file, id, name, out var type, out _, ids, out var attributes), "reading a variable");
            var known = Enum.IsDefined((NetCdfType)type) ? (NetCdfType)type : NetCdfType.None;
            return new NetCdfVariable(Text(name), known, [.. ids.Select(d => dimensions[d])], ReadAttributes(id, attributes)) { Id = id };
        }

        private Dictionary<string, NetCdfAttribute> ReadAttributes(int variable, int count)
        {
            var attributes = new Dictionary<string, NetCdfAttribute>();
            for (var i = 0; i < count; i++)
            {
                var raw = new byte[NameBytes];
                Check(NetCdfLibrary.InquireAttributeName(file, variable, i, raw), "reading an attribute's name");
                var name = Text(raw);
                attributes[name] = ReadAttribute(variable, name);
            }

            return attributes;
        }

        private NetCdfAttribute ReadAttribute(int variable, string name)
        {
            var read = ReadAttribute(variable, name, out var type);
            return read with { Type = Enum.IsDefined((NetCdfType)type) ? (NetCdfType)type : NetCdfType.None };
        }

        private NetCdfAttribute ReadAttribute(int variable, string name, out int type)
        {
            Check(NetCdfLibrary.InquireAttribute(file, variable, name, out type, out var length), $"reading the attribute {name}");
            if (length > MaxAttributeLength)
                throw new DataException($"{path}: the attribute {name} claims {length} values; at most {MaxAttributeLength} are accepted.");

            switch ((NetCdfType)type)
            {
                case NetCdfType.Character:
                    var text = new byte[length];
                    Check(NetCdfLibrary.GetTextAttribute(file, variable, name, text), $"reading the attribute {name}");
                    return new NetCdfAttribute(name, Text(text), null);
                case NetCdfType.Text:
                    return new NetCdfAttribute(name, ReadStrings(variable, name, (int)length), null);
                case > NetCdfType.None and < NetCdfType.Text:
                    var numbers = new double[length];
                    Check(NetCdfLibrary.GetDoubleAttribute(file, variable, name, numbers), $"reading the attribute {name}");
                    return new NetCdfAttribute(name, null, numbers);
                default:
                    return new NetCdfAttribute(name, null, null);
            }
        }

        private string ReadStrings(int variable, string name, int length)
        {
            var pointers = new nint[length];
            Check(NetCdfLibrary.GetStringAttribute(file, variable, name, pointers), $"reading the attribute {name}");
            var text = string.Join('\n', pointers.Select(p => Marshal.PtrToStringUTF8(p)));
            _ = NetCdfLibrary.FreeStrings((nuint)length, pointers);
            return text;
        }

        private void Check(int status, string doing) => NetCdfLibrary.Check(status, path, doing);

        private static string Text(byte[] bytes)
        {
            var end = Array.IndexOf(bytes, (byte)0);
            return Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
        }
    }
}
