using Cairn.Engine.Runs;
using Cairn.Engine.Settings;
using static Cairn.Engine.Settings.SettingTypes;

namespace Cairn.Engine.Models.Lorenz96;

/// <summary>The settings of <c>model</c> for the model of Lorenz; the defaults are the paper's.</summary>
internal static class Lorenz96Settings
{
    public static readonly SettingSection<Lorenz96Spec> Section = new(
        "model", spec => spec.Model.Lorenz96, ModelSettings.Kind.Is(ModelKind.Lorenz96));

    private static readonly Setting<int> Size = Section.Add(
        "size", Integer("the number of variables", 4, 1_000_000), l => l.Size, usual: 40, shapes: Shaping.Numbers,
        help: "The number of variables, from 4.");

    private static readonly Setting<double> Forcing = Section.Add(
        "forcing", Number("the forcing, a number"), l => l.Forcing, usual: 8, shapes: Shaping.Numbers, help: "The forcing F.");

    public static Lorenz96Spec Read(SettingReader reader) => new(reader.Get(Size), reader.Get(Forcing));
}
