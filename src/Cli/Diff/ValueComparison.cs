using System.Collections;
using Cairn.Storage.Arrays;
using Cairn.Storage.State;

namespace Cairn.Cli.Diff;

/// <summary>Compares metadata and the stored fields of states by name.</summary>
internal sealed class ValueComparison(Differences differences)
{
    private const int MostCharacters = 80;

    /// <summary>Compares two payload trees; reads arrays one at a time.</summary>
    public void Compare(string where, Payload a, Payload b, Func<StoredArray, NdArray> readA, Func<StoredArray, NdArray> readB)
    {
        switch (a, b)
        {
            case (StoredArray x, StoredArray y) when x.Kind == y.Kind:
                Report(where, ArrayDifference.Of(readA(x), readB(y)));
                break;
            case (SequencePayload x, SequencePayload y) when x.Kind == y.Kind && x.Items.Count == y.Items.Count:
                for (var i = 0; i < x.Items.Count; i++)
                    Compare($"{where}[{i}]", x.Items[i], y.Items[i], readA, readB);

                break;
            case (DictPayload x, DictPayload y):
                CompareAll(where, "key", x.Items, y.Items, readA, readB);
                break;
            case (DataclassPayload x, DataclassPayload y) when x.StateId == y.StateId:
                CompareAll(where, "field", x.Fields, y.Fields, readA, readB);
                break;
            case (ScalarPayload x, ScalarPayload y) when x.Kind == y.Kind:
                Scalar(where, x.Value, y.Value);
                break;
            default:
                differences.Add(where, $"A has {Describe(a)}, B has {Describe(b)}");
                break;
        }
    }

    /// <summary>Compares the fields of two states, or of two dictionaries.</summary>
    public void CompareAll(
        string where, string kind, IReadOnlyDictionary<string, Payload> a, IReadOnlyDictionary<string, Payload> b,
        Func<StoredArray, NdArray> readA, Func<StoredArray, NdArray> readB)
    {
        foreach (var name in differences.Common(where, kind, a.Keys, b.Keys))
            Compare($"{where}/{name}", a[name], b[name], readA, readB);
    }

    /// <summary>Compares two dictionaries of plain values: metadata, labels.</summary>
    public void CompareNatural(string where, string kind, IReadOnlyDictionary<string, object?> a, IReadOnlyDictionary<string, object?> b)
    {
        foreach (var name in differences.Common(where, kind, a.Keys, b.Keys))
            Natural($"{where}/{name}", a[name], b[name]);
    }

    private void Natural(string where, object? a, object? b)
    {
        switch (a, b)
        {
            case (NdArray x, NdArray y):
                Report(where, ArrayDifference.Of(x, y));
                break;
            case (IReadOnlyDictionary<string, object?> x, IReadOnlyDictionary<string, object?> y):
                CompareNatural(where, "key", x, y);
                break;
            case (IList x, IList y) when x.Count == y.Count:
                for (var i = 0; i < x.Count; i++)
                    Natural($"{where}[{i}]", x[i], y[i]);

                break;
            default:
                Scalar(where, a, b);
                break;
        }
    }

    private void Scalar(string where, object? a, object? b)
    {
        // double.Equals takes NaN as equal to NaN, but also 0 as equal to -0, which has other bits.
        var equal = a is double x && b is double y
            ? BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y) || (double.IsNaN(x) && double.IsNaN(y))
            : Equals(a, b) || (a?.GetType() == b?.GetType() && Text(a) == Text(b));
        if (!equal)
            differences.Add(where, $"A has {Short(Text(a))}, B has {Short(Text(b))}");
    }

    private void Report(string where, string? difference)
    {
        if (difference is not null)
            differences.Add(where, difference);
    }

    private static string Describe(Payload payload) => payload switch
    {
        ArrayPayload array => $"the {array.Kind} {ArrayDifference.Describe(array.DType, array.Shape)}",
        SequencePayload sequence => $"a {sequence.Kind} of {sequence.Items.Count}",
        DataclassPayload nested => $"a state {nested.StateId}",
        ScalarPayload scalar => Short(Text(scalar.Value)),
        _ => $"a {payload.Kind}",
    };

    private static string Text(object? value) => PythonText.Str(value);

    private static string Short(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters] + "…";
}
