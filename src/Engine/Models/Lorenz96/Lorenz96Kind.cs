namespace Cairn.Engine.Models.Lorenz96;

/// <summary>The model of Lorenz (1996).</summary>
/// <param name="Size">Number of variables.</param>
/// <param name="Forcing">The forcing F.</param>
public sealed record Lorenz96Spec(int Size, double Forcing);

/// <summary>Lorenz's chaotic model of a latitude circle.</summary>
internal sealed class Lorenz96Kind() : ModelKind<Lorenz96Spec>("lorenz96", "Lorenz's latitude circle")
{
    public override bool TakesSeveralTimes => true;
    public override IReadOnlyList<SettingSection> Sections => [Lorenz96Settings.Section];
    public override bool StaysOnHost => true;
    public override bool CanBeCut => true;
    public override string UsualStep => "6h";
    public override IReadOnlyList<string> Cases => Lorenz96Cases.Names;
    public override IReadOnlyList<string> CaseVariables => ["x"];
    protected override Lorenz96Spec ReadOwn(SettingReader reader, InitialSpec initial) => Lorenz96Settings.Read(reader);

    protected override IPrognosticModel Create(ModelRequest request, Lorenz96Spec own) => new Lorenz96Model(new Lorenz96Options
    {
        Size = own.Size,
        Forcing = own.Forcing,
        Step = request.Spec.Step,
        DType = request.DType,
        Device = request.Device,
        Bounds = request.Bounds,
        Grid = request.Initial.Grid,
    });

    protected override InitialCondition ReadCase(ModelSpec model, Lorenz96Spec own, string name, CfTime time) =>
        Case(CaseVariables, Lorenz96Options.Circle(own.Size), Lorenz96Cases.Make(name, own.Size, own.Forcing), time);
}

/// <summary>The settings of <c>model</c> for the model of Lorenz; the defaults are the paper's.</summary>
internal static class Lorenz96Settings
{
    public static readonly SettingSection<Lorenz96Spec> Section = new(
        "model", spec => spec.Model.Of<Lorenz96Spec>(), ModelSettings.Kind.Is("lorenz96"));

    private static readonly Setting<int> Size = Section.Add(
        "size", Integer("the number of variables", 4, 1_000_000), l => l.Size, usual: 40, shapes: Shaping.Numbers,
        help: "The number of variables, from 4.");

    private static readonly Setting<double> Forcing = Section.Add(
        "forcing", Number("the forcing, a number"), l => l.Forcing, usual: 8, shapes: Shaping.Numbers, help: "The forcing F.");

    public static Lorenz96Spec Read(SettingReader reader) => new(reader.Get(Size), reader.Get(Forcing));
}

/// <summary>The states that the model can begin from by itself.</summary>
public static class Lorenz96Cases
{
    /// <summary>Every variable at F, but for one in the middle that is 0.008 above: Lorenz and Emanuel (1998) begin so.</summary>
    public const string Nudged = "nudged";

    /// <summary>Every variable at F: the unstable state of rest.</summary>
    public const string Rest = "rest";

    public static IReadOnlyList<string> Names { get; } = [Nudged, Rest];

    /// <summary>The variables of a case.</summary>
    /// <exception cref="SpecException">There is no such case.</exception>
    public static double[] Make(string name, int size, double forcing)
    {
        var x = new double[size];
        Array.Fill(x, forcing);
        x[(size / 2) - 1] += name switch
        {
            Nudged => 0.008,
            Rest => 0,
            _ => throw new SpecException($"The lorenz96 model has no case '{name}'; expected one of {string.Join(", ", Names)}."),
        };
        return x;
    }
}
