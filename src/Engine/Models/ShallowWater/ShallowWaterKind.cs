namespace Cairn.Engine.Models.ShallowWater;

/// <summary>The shallow-water model.</summary>
/// <param name="Plane">The domain.</param>
/// <param name="Scheme">Which total the advection of vorticity keeps.</param>
/// <param name="Filter">The coefficient of the Robert-Asselin filter.</param>
public sealed record ShallowWaterSpec(ShallowWaterPlane Plane, ShallowWaterScheme Scheme, double Filter);

/// <summary>The shallow-water equations on a doubly periodic plane.</summary>
internal sealed class ShallowWaterKind() : ModelKind<ShallowWaterSpec>("shallow-water", "on a periodic plane")
{
    public override bool TakesSeveralTimes => true;
    public override IReadOnlyList<SettingSection> Sections => [ShallowWaterSettings.Section];
    public override bool StaysOnHost => true;
    public override bool CanBeCut => true;
    public override string UsualStep => "90s";
    public override IReadOnlyList<string> Cases => ShallowWaterCases.Names;
    public override IReadOnlyList<string> CaseVariables => ["u", "v", "p"];
    protected override ShallowWaterSpec ReadOwn(SettingReader reader, InitialSpec initial) => ShallowWaterSettings.Read(reader);

    protected override IPrognosticModel Create(ModelRequest request, ShallowWaterSpec own) => new ShallowWaterModel(new ShallowWaterOptions
    {
        Plane = own.Plane,
        Scheme = own.Scheme,
        Step = request.Spec.Step,
        Filter = own.Filter,
        DType = request.DType,
        Device = request.Device,
        Bounds = request.Bounds,
        Grid = request.Initial.Grid,
    });

    protected override InitialCondition ReadCase(ModelSpec model, ShallowWaterSpec own, string name, CfTime time) =>
        Case(CaseVariables, own.Plane.Grid, ShallowWaterCases.Make(name, own.Plane), time);
}

/// <summary>The settings of <c>model</c> for the shallow-water model of the plane; the defaults are those of the NCAR program.</summary>
internal static class ShallowWaterSettings
{
    private const int MaxExtent = 16_384;

    private static readonly ShallowWaterPlane Usual = new();

    public static readonly SettingSection<ShallowWaterSpec> Section = new(
        "model", spec => spec.Model.Of<ShallowWaterSpec>(), ModelSettings.Kind.Is("shallow-water"));

    private static readonly Setting<int> Columns = Section.Add(
        "nx", Integer("the points from west to east", 4, MaxExtent), s => s.Plane.Columns, usual: Usual.Columns, shapes: Shaping.Numbers,
        help: "The points from west to east, from 4.");

    private static readonly Setting<int> Rows = Section.Add(
        "ny", Integer("the points from south to north", 4, MaxExtent), s => s.Plane.Rows, usual: Usual.Rows, shapes: Shaping.Numbers,
        help: "The points from south to north, from 4.");

    private static readonly Setting<double> Dx = Section.Add(
        "dx", Number("the distance of columns in metres, a number above 0", v => v > 0), s => s.Plane.Dx, usual: Usual.Dx,
        unit: "m", shapes: Shaping.Numbers, help: "The distance of columns.");

    private static readonly Setting<double> Dy = Section.Add(
        "dy", Number("the distance of rows in metres, a number above 0", v => v > 0), s => s.Plane.Dy, unset: "model.dx", example: "100000",
        unit: "m", shapes: Shaping.Numbers, help: "The distance of rows. By default that of columns.");

    private static readonly Setting<ShallowWaterScheme> Scheme = Section.Add(
        "scheme", Word<ShallowWaterScheme>(), s => s.Scheme, usual: ShallowWaterScheme.PotentialEnstrophy, shapes: Shaping.Numbers,
        help: "What the advection of vorticity keeps, potential-enstrophy or energy (Sadourny 1975).");

    private static readonly Setting<double> Filter = Section.Add(
        "filter", Number("the coefficient of the time filter, from 0 to below 0.5", v => v is >= 0 and < 0.5), s => s.Filter, usual: 0.001,
        shapes: Shaping.Numbers, help: "The coefficient of the Robert-Asselin time filter, from 0 to below 0.5.");

    private static readonly Setting<double> Coriolis = Section.Add(
        "coriolis", Number("the Coriolis parameter in 1/s, below 1 either way", v => Math.Abs(v) < 1), s => s.Plane.Coriolis,
        usual: Usual.Coriolis, unit: "1/s", shapes: Shaping.Numbers, help: "The Coriolis parameter.");

    private static readonly Setting<double> MeanGeopotential = Section.Add(
        "mean-geopotential", Number("the geopotential of the free surface at rest in m2/s2, a number above 0", v => v > 0),
        s => s.Plane.MeanGeopotential, usual: Usual.MeanGeopotential, unit: "m2/s2", shapes: Shaping.Numbers,
        help: "The geopotential of the free surface at rest (gravity times depth).");

    public static ShallowWaterSpec Read(SettingReader reader)
    {
        var dx = reader.Get(Dx);
        var plane = new ShallowWaterPlane
        {
            Columns = reader.Get(Columns),
            Rows = reader.Get(Rows),
            Dx = dx,
            Dy = reader.Get(Dy, dx),
            Coriolis = reader.Get(Coriolis),
            MeanGeopotential = reader.Get(MeanGeopotential),
        };
        return new ShallowWaterSpec(plane, reader.Get(Scheme), reader.Get(Filter));
    }
}
