using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cairn.Storage.Arrays;
using Cairn.Storage.State;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>A value, its kind and every bit of it, in one line: the words of <c>tell</c> in <c>strangers.py</c>.</summary>
internal static class Telling
{
    public static string Of(Payload payload, Func<StoredArray, NdArray> load) => payload switch
    {
        StoredArray stored => Array(stored.Kind, load(stored)),
        CapturedArray captured => Array(captured.Kind, captured.Array),
        SequencePayload list => (list.Kind == "list" ? "[" : "(") + Join(list.Items.Select(i => Of(i, load)))
            + (list.Kind == "list" ? "]" : ")"),
        DictPayload map => "{" + Join(map.Items.OrderBy(i => i.Key, Comparer<string>.Create(PythonJson.CompareKeys))
            .Select(i => $"{Quoted(i.Key)}: {Of(i.Value, load)}")) + "}",
        DataclassPayload nested => $"@{nested.StateId}{{"
            + Join(nested.Fields.OrderBy(f => Order(f.Key)).Select(f => $"{f.Key}: {Of(f.Value, load)}")) + "}",
        ScalarPayload scalar => Scalar(scalar),
        _ => throw new ArgumentException(payload.Kind),
    };

    private static string Scalar(ScalarPayload scalar) => scalar.Value switch
    {
        null => "none",
        bool flag => flag ? "bool True" : "bool False",
        double number => "float " + Hex(number),
        string text => "str " + Quoted(text),
        DateTimeOffset aware => "datetime " + PythonTime.Iso(aware),
        DateTime naive => "datetime " + PythonTime.Iso(naive, "T"),
        DateOnly date => "date " + PythonTime.Iso(date),
        TimeSpan span => "timedelta " + Words(PythonTime.Parts(span)),
        NumpyDateTime64 time => $"np_datetime64 {time.Value} {time.Unit}",
        NumpyTimeDelta64 delta => string.Create(CultureInfo.InvariantCulture, $"np_timedelta64 {delta.Value} {delta.Unit}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{scalar.Kind} {scalar.Value}"),
    };

    /// <summary>Python's float has one NaN.</summary>
    private static string Hex(double number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, double.IsNaN(number) ? BitConverter.UInt64BitsToDouble(0x7ff8000000000000) : number);
        return Convert.ToHexStringLower(bytes);
    }

    private static string Words((long Days, long Seconds, long Microseconds) parts) =>
        string.Create(CultureInfo.InvariantCulture, $"{parts.Days} {parts.Seconds} {parts.Microseconds}");

    private static string Array(string kind, NdArray array) =>
        $"{kind} {array.DType.Name} [{string.Join(", ", array.Shape)}] {Convert.ToHexStringLower(SHA256.HashData(array.Data.Span))[..16]}";

    private static string Quoted(string text)
    {
        var json = Encoding.ASCII.GetString(PythonJson.Write(new JArray(text), "text"));
        return json[4..^3];
    }

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts);

    /// <summary>Fields are told in the order of their declaration, which JSON does not keep.</summary>
    private static int Order(string name) => System.Array.IndexOf(["value", "other", "inner", "values", "deeper"], name);
}
