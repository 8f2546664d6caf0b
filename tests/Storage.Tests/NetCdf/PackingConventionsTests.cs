using System.Globalization;
using Cairn.Storage.NetCdf;

namespace Cairn.Storage.Tests.NetCdf;

/// <summary>The rules of packing, missing values, valid ranges and default fill (NetCDF User's Guide, appendix A; CF conventions 2.5.1 and
/// 8.1), one row a rule: the file, what is read in it, and which of netCDF4-python (N) and xarray (X) read the same.</summary>
public sealed class PackingConventionsTests
{
    private static readonly (string Rule, string File, string Expected, string SameAs)[] Rules =
    [
        ("no attribute: as stored", "p('i4', [1, -2, 3])", "1 -2 3", "NX"),
        ("scale_factor alone", "p('i2', [1, 2], scale_factor=0.5)", "0.5 1", "NX"),
        ("add_offset alone", "p('i2', [1, 2], add_offset=100.0)", "101 102", "NX"),
        ("both, in double", "p('i2', [900, 2100], scale_factor=0.01, add_offset=270.0)", "279 291", "NX"),
        ("both, in float", "p('i2', [900, 2100], scale_factor=f4(0.01), add_offset=f4(270))", "279 291", "NX"),
        ("one of each", "p('i2', [900, 2100], scale_factor=f4(0.01), add_offset=270.0)", "279 291", "NX"),
        ("integers as scale and offset", "p('i2', [1, 2], scale_factor=i4(3), add_offset=i2(5))", "8 11", "NX"),
        ("an array of one", "p('i2', [1, 2], scale_factor=np.array([0.5]))", "0.5 1", "NX"),
        ("of floats", "p('f4', [1, 2], scale_factor=0.5, add_offset=1.0)", "1.5 2", "NX"),
        ("of bytes", "p('i1', [-1, 2], scale_factor=0.5, add_offset=1.0)", "0.5 2", "NX"),
        ("of 64 bits", "p('i8', [-1, 2], scale_factor=0.5, add_offset=1.0)", "0.5 2", "NX"),
        ("scale 0: a constant field", "p('i2', [1, 2], scale_factor=0.0, add_offset=4.0)", "4 4", "NX"),
        ("in a classic file", "classic p('i2', [900, 2100], scale_factor=0.01, add_offset=270.0)", "279 291", "NX"),
        ("big-endian", "p('i2', [258, 1], endian='big', scale_factor=0.5)", "129 0.5", "NX"),
        ("big-endian floats", "p('f4', [258, 1.5], endian='big')", "258 1.5", "NX"),
        ("text that is a number", "p('i2', [900, 2100], scale_factor='0.01', add_offset='270')", "279 291", ""),
        ("a string that is a number", "p('i2', [900, 2100], scale_factor=['1e-2'], add_offset=270.0)", "279 291", ""),
        ("text that is none", "p('i2', [1, 2], scale_factor='tiny')", "! p:scale_factor = \"tiny\"|not a number|one number", ""),
        ("empty text", "p('i2', [1, 2], add_offset='')", "! p:add_offset", ""),
        ("two scales", "p('i2', [1, 2], scale_factor=np.array([1., 2.]))", "! p:scale_factor = 1, 2|2 numbers|one number", ""),
        ("a scale that is NaN", "p('i2', [1, 2], scale_factor=np.nan)", "! p:scale_factor = NaN|finite", ""),
        ("an infinite offset", "p('i2', [1, 2], add_offset=np.inf)", "! p:add_offset|finite", ""),
        ("another case", "p('i2', [1, 2], Scale_Factor=0.5)", "! p:Scale_Factor = 0.5|the name scale_factor", ""),

        ("_Unsigned bytes", "p('i1', [-1, 0, 100], _Unsigned='true')", "255 0 100", "NX"),
        ("_Unsigned, packed", "p('i1', [90, -46], _Unsigned='true', scale_factor=0.1, add_offset=270.0)", "279 291", "NX"),
        ("_Unsigned shorts", "p('i2', [-1, 0, 100], _Unsigned='true')", "65535 0 100", "NX"),
        ("_Unsigned ints", "p('i4', [-1, 0, 100], _Unsigned='true')", "4294967295 0 100", "NX"),
        ("_Unsigned of 64 bits", "p('i8', [-1, 0, 100], _Unsigned='true')", "18446744073709551615 0 100", "NX"),
        ("_Unsigned in a classic file", "classic p('i1', [-1, 0, 100], _Unsigned='true')", "255 0 100", "NX"),
        ("_Unsigned as a string", "p('i1', [-1, 0, 100], _Unsigned=['true'])", "255 0 100", "NX"),
        ("_Unsigned = True", "p('i1', [-1, 0, 100], _Unsigned='True')", "255 0 100", "N"),
        ("_Unsigned = false", "p('i1', [-1, 0, 100], _Unsigned='false')", "-1 0 100", "X"),
        ("_Unsigned = false of unsigned bytes", "p('u1', [255, 0, 100], _Unsigned='false')", "-1 0 100", "X"),
        ("_Unsigned _FillValue", "p('i1', [-1, 0, 100], fill=i1(-1), _Unsigned='true')", "nan 0 100", "NX"),
        ("_Unsigned missing_value", "p('i2', [-1, 0, 100], _Unsigned='true', missing_value=i2(-1))", "nan 0 100", "N"),
        ("_Unsigned missing_value, wider", "p('i1', [-1, 0, 100], _Unsigned='true', missing_value=i2(255))", "nan 0 100", "X"),
        ("_Unsigned valid_range", "p('i1', [-1, 0, 100], _Unsigned='true', valid_range=np.array([0, -2], i1))", "nan 0 100", "N"),
        ("_Unsigned = 1", "p('i1', [-1, 0], _Unsigned=i4(1))", "! p:_Unsigned = 1|\"true\" or \"false\"", ""),
        ("_Unsigned = yes", "p('i1', [-1, 0], _Unsigned='yes')", "! p:_Unsigned = \"yes\"|\"true\" or \"false\"", ""),
        ("_Unsigned floats", "p('f4', [-1, 0], _Unsigned='true')", "! p:_Unsigned|no meaning", ""),
        ("_unsigned", "p('i1', [-1, 0], _unsigned='true')", "! p:_unsigned|the name _Unsigned", ""),
        ("unsigned types", "p('u2', [65534, 0], scale_factor=0.5)", "32767 0", "NX"),

        ("_FillValue", "p('i2', [1, -9], fill=i2(-9))", "1 nan", "NX"),
        ("_FillValue, packed, is compared packed", "p('i2', [1, -9], fill=i2(-9), scale_factor=0.5)", "0.5 nan", "NX"),
        ("_FillValue NaN", "p('f4', [1, np.nan], fill=f4(np.nan))", "1 nan", "NX"),
        ("_FillValue infinite", "p('f8', [1, np.inf], fill=np.inf)", "1 nan", "NX"),
        ("_FillValue of floats", "p('f4', [1, 1e20], fill=f4(1e20))", "1 nan", "NX"),
        ("_FillValue of 64 bits", "p('i8', [1, -2**63], fill=i8(-2**63))", "1 nan", "NX"),
        ("_FillValue of unsigned bytes", "p('u1', [1, 255], fill=u1(255))", "1 nan", "NX"),
        ("missing_value", "p('i2', [1, -9], missing_value=i2(-9))", "1 nan", "NX"),
        ("missing_value, packed, is compared packed", "p('i2', [1, 2], missing_value=i2(2), scale_factor=0.5)", "0.5 nan", "NX"),
        ("missing_value of several", "p('i2', [1, -9, -8], missing_value=np.array([-9, -8], i2))", "1 nan nan", "NX"),
        ("missing_value and _FillValue", "p('i2', [1, -9, -8], fill=i2(-9), missing_value=i2(-8))", "1 nan nan", "NX"),
        ("missing_value NaN beside _FillValue", "p('f4', [1, -9, np.nan], fill=f4(-9), missing_value=f4(np.nan))", "1 nan nan", "NX"),
        ("missing_value of another integer type", "p('i2', [1, -9], missing_value=i4(-9))", "1 nan", "NX"),
        ("missing_value in double of shorts", "p('i2', [1, -9], missing_value=-9.0, scale_factor=0.5)", "0.5 nan", "NX"),
        ("missing_value in double of floats", "p('f4', [1, 0.1], missing_value=0.1)", "1 nan", "X"),
        ("missing_value in float of doubles", "p('f8', [1, 1e20], missing_value=f4(1e20))", "1 nan", ""),
        ("missing_value as text", "p('i2', [1, -9], missing_value='-9')", "1 nan", ""),
        ("missing_value as strings", "p('i2', [1, -9, -8], missing_value=['-9', '-8'])", "1 nan nan", ""),
        ("missing_value of unpacked values", "p('i2', [1, 3], missing_value=1.5, scale_factor=0.5)", "0.5 nan", ""),
        ("missing_value that cannot be stored", "p('i2', [1, 3], missing_value=f4(-9.96921e36), scale_factor=0.5)", "0.5 1.5", "NX"),
        ("missing_value as a word", "p('f4', [1, 2], missing_value='none')", "! p:missing_value = \"none\"|numbers", ""),
        ("Missing_value", "p('f4', [1, 2], Missing_value=f4(2))", "! p:Missing_value|the name missing_value", ""),

        ("valid_range", "p('i2', [1, 2, 3, 4], valid_range=np.array([2, 3], i2))", "nan 2 3 nan", "N"),
        ("valid_range, packed units", "p('i2', [1, 2, 3], valid_range=np.array([2, 3], i2), scale_factor=0.5)", "nan 1 1.5", "N"),
        ("valid_range, wider integers", "p('i1', [1, 2, 3], valid_range=np.array([2, 3], i4), scale_factor=0.5)", "nan 1 1.5", "N"),
        ("valid_range of unpacked values", "p('i2', [1, 2, 3], valid_range=np.array([.9, 1.5]), scale_factor=0.5)", "nan 1 1.5", ""),
        ("valid_max at a packed edge", "p('i2', [7, 8], valid_max=0.7, scale_factor=0.1)", "0.7 nan", ""),
        ("valid_min", "p('i2', [1, 2, 3], valid_min=i2(2))", "nan 2 3", "N"),
        ("valid_max", "p('i2', [1, 2, 3], valid_max=i2(2))", "1 2 nan", "N"),
        ("valid_min and valid_max", "p('f4', [1, 2, 3], valid_min=f4(1.5), valid_max=f4(2.5))", "nan 2 nan", "N"),
        ("valid_max in double of floats", "p('f4', [0.1, 0.2], valid_max=0.1)", "0.1 nan", ""),
        ("valid_range as text", "p('f4', [1, 2, 3], valid_range='2, 3')", "nan 2 3", ""),
        ("valid_range as text, packed", "p('i2', [1, 2], valid_range='0 9', scale_factor=0.5)", "! p:valid_range|does not say", ""),
        ("valid_range of one", "p('f4', [1, 2], valid_range=f4(2))", "! p:valid_range = 2|2 numbers", ""),
        ("valid_range the wrong way", "p('f4', [1, 2], valid_range=np.array([3, 1], f4))", "! p:valid_range = 3, 1|lower number first", ""),
        ("valid_min NaN", "p('f4', [1, 2], valid_min=f4(np.nan))", "! p:valid_min = NaN|no NaN", ""),
        ("valid_Range", "p('f4', [1, 2], valid_Range=np.array([1, 2], f4))", "! p:valid_Range|the name valid_range", ""),
        ("actual_range bounds nothing", "p('i2', [1, 2, 3], actual_range=np.array([2, 2], i2))", "1 2 3", "NX"),
        ("_FillValue bounds nothing", "p('i2', [-3, 1, 3], fill=i2(2))", "-3 1 3", "NX"),

        ("never written: i2", "p('i2', [1, -32767])", "1 nan", "N"),
        ("never written: u2", "p('u2', [1, 65535])", "1 nan", "N"),
        ("never written: i4", "p('i4', [1, -2147483647])", "1 nan", "N"),
        ("never written: u4", "p('u4', [1, 4294967295])", "1 nan", "N"),
        ("never written: i8", "p('i8', [1, -9223372036854775806])", "1 nan", "N"),
        ("never written: u8", "p('u8', [1, 18446744073709551614])", "1 nan", "N"),
        ("never written: f4", "p('f4', [1, netCDF4.default_fillvals['f4']])", "1 nan", "N"),
        ("never written: f8", "p('f8', [1, netCDF4.default_fillvals['f8']])", "1 nan", "N"),
        ("bytes have no default fill", "p('i1', [1, -127])", "1 -127", "X"),
        ("nor have unsigned bytes", "p('u1', [1, 255])", "1 255", "X"),
        ("none beside _FillValue", "p('i2', [1, -32767], fill=i2(-9))", "1 -32767", "NX"),
        ("beside missing_value", "p('i2', [1, -32767, 5], missing_value=i2(5))", "1 nan nan", "N"),
        ("an enumeration is no number", "coordinates(1); e = f.createEnumType(u1, 'e', {'a': 0}); f.createVariable('p', e, ('lat', 'lon'))",
            "! p(lat = 1, lon = 1)|a type that the file defines", ""),
        ("characters are no numbers", "coordinates(1); f.createVariable('p', 'S1', ('lat', 'lon'))[:] = b'x'",
            "! p(lat = 1, lon = 1)|Character", ""),
    ];

    [SkippableFact]
    public void Every_rule_of_packing_and_missing_values_is_followed_or_refused()
    {
        using var files = new ConventionsFiles(Rules.Select(r => r.File));
        Assert.All(Rules, rule =>
        {
            var said = Read(files.Path(rule.File));
            if (rule.Expected.StartsWith("! ", StringComparison.Ordinal))
            {
                Assert.All(rule.Expected[2..].Split('|').Append(files.Path(rule.File)), part => Assert.Contains(
                    part, string.Join(' ', said), StringComparison.Ordinal));
                return;
            }

            AssertSame(rule.Rule, rule.Expected.Split(' '), said);
            foreach (var reader in new[] { "netCDF4", "xarray" }.Where(r => rule.SameAs.Contains(char.ToUpperInvariant(r[0]))))
                AssertSame($"{rule.Rule} by {reader}", rule.Expected.Split(' '), files.Said(rule.File, reader));
        });
    }

    private static List<string> Read(string path)
    {
        try
        {
            using var file = NetCdfFile.Open(path);
            return [.. file.ReadDoubles(file.Variable("p")).Select(v => v.ToString("R", CultureInfo.InvariantCulture))];
        }
        catch (DataException e)
        {
            return [e.Message];
        }
    }

    private static void AssertSame(string rule, string[] expected, IReadOnlyList<string> found)
    {
        var same = expected.Length == found.Count && expected.Zip(found).All(p => Same(p.First, p.Second));
        Assert.True(same, $"{rule}: expected {string.Join(' ', expected)}, found {string.Join(' ', found)}");
    }

    // Single precision is what a float attribute is known to.
    private static bool Same(string expected, string found)
    {
        if (expected == "nan" || found.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return found.Equals(expected, StringComparison.OrdinalIgnoreCase);

        return double.TryParse(found, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number - double.Parse(expected, CultureInfo.InvariantCulture)) <= 2e-7 * Math.Abs(number);
    }
}
