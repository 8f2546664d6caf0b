using Cairn.Hocon.Values;
using FsCheck;
using FsCheck.Fluent;

namespace Cairn.Hocon.Tests.Values;

/// <summary>A failure prints its seed and the smallest case found; put the seed into <c>WithReplay</c> to see it again.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void What_is_rendered_reads_back()
        => Holds(Values.Objects(), 500, value => Reading.Show(Reading.Read(HoconWriter.Render(value))) == Reading.Show(value));

    [Fact]
    public void Any_text_is_read_or_refused_with_a_place()
        => Holds(ArbMap.Default.ArbFor<string>(), 2000, text => IsReadOrRefused(text ?? ""));

    [Fact]
    public void Any_shuffle_of_syntax_is_read_or_refused_with_a_place() => Holds(Scraps.Texts(), 5000, IsReadOrRefused);

    private static void Holds<T>(Arbitrary<T> values, int times, Func<T, bool> property)
        => Prop.ForAll(values, property).Check(Config.QuickThrowOnFailure.WithMaxTest(times));

    private static bool IsReadOrRefused(string text)
    {
        try
        {
            return HoconReader.ReadText(text, options: Reading.Sealed) is not null;
        }
        catch (HoconException e)
        {
            return e.Found.Length > 0 && e.Expected.Length > 0;
        }
    }

    private static class Scraps
    {
        private static readonly string[] Pieces =
        [
            "a", "b", ".", " ", "\n", "=", ":", "+=", "{", "}", "[", "]", ",", "\"", "\"\"\"", "${", "${?", "a}", "b.a}", "}", "#", "//",
            "include",
            "\"x\"", "1", "-", "1e", "+", "true", "null", "\\", "(", ")", "a = ", "b = ${a} ", "a = ${b} [", "a { ",
        ];

        public static Arbitrary<string> Texts()
            => Gen.Elements(Pieces).ListOf().Select(p => string.Concat(p)).ToArbitrary();
    }

    private static class Values
    {
        private static readonly HoconOrigin Nowhere = new("generated", 0, 0, null);

        public static Arbitrary<HoconObject> Objects() => Gen.Sized(size => Object(Math.Min(size, 20))).ToArbitrary();

        private static Gen<string> Text() => Gen.OneOf(
            ArbMap.Default.GeneratorFor<string>().Select(s => new string([.. (s ?? "").Where(c => !char.IsSurrogate(c))])),
            Gen.Elements("include", "true", "null", "5", "a.b", "a b", "\"", "\"\"\"", "${x}", "//", "#", "\\", "\n", "", " x "));

        private static Gen<HoconValue> Scalar() => Gen.OneOf<HoconValue>(
            Text().Select(t => (HoconValue)new HoconScalar(Nowhere, HoconScalarKind.Text, t)),
            ArbMap.Default.GeneratorFor<int>().Select(i => Number(i.ToString(System.Globalization.CultureInfo.InvariantCulture))),
            Gen.Elements("-0", "1e5", "1E+5", "0.25", "-1.5e-3", "18446744073709551615").Select(Number),
            Gen.Elements("true", "false").Select(t => (HoconValue)new HoconScalar(Nowhere, HoconScalarKind.Boolean, t)),
            Gen.Constant((HoconValue)new HoconScalar(Nowhere, HoconScalarKind.Null, "null")));

        private static HoconValue Number(string text) => new HoconScalar(Nowhere, HoconScalarKind.Number, text);

        private static Gen<HoconValue> Value(int size) => size < 2 ? Scalar() : Gen.OneOf(
            Scalar(),
            Value(size / 2).ListOf().Resize(4).Select(items => (HoconValue)new HoconArray(Nowhere, [.. items])),
            Object(size / 2).Select(o => (HoconValue)o));

        private static Gen<HoconObject> Object(int size)
            => Gen.Zip(Text(), Value(size / 2)).ListOf().Resize(5)
                .Select(fields => new HoconObject(Nowhere, fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2))));
    }
}
