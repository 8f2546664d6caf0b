using System.Reflection;

namespace Cairn.Engine.Extensions;

/// <summary>Marks an assembly as an extension, which adds kinds to those that Cairn has:
/// <c>[assembly: CairnExtension(typeof(MyKinds))]</c>. The environment variable <c>CAIRN_EXTENSIONS</c> names the assemblies that a process
/// loads.</summary>
/// <param name="kinds">A class with a constructor without parameters, derived from <see cref="ExtensionKinds"/>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class CairnExtensionAttribute(Type kinds) : Attribute
{
    /// <summary>The class that lists what the extension adds.</summary>
    public Type Kinds => kinds;
}

/// <summary>What an extension adds. A word that is taken already is refused when the extension is loaded.</summary>
public abstract class ExtensionKinds
{
    /// <summary>Models, <c>model.kind</c>.</summary>
    public virtual IReadOnlyList<ModelKind> Models => [];

    /// <summary>Sources of initial conditions, <c>initial.source</c>.</summary>
    public virtual IReadOnlyList<SourceKind> Sources => [];

    /// <summary>Perturbations, <c>ensemble.perturbation.kind</c>.</summary>
    public virtual IReadOnlyList<PerturbationKind> Perturbations => [];

    /// <summary>Structures of noise, each a perturbation by itself and what vectors may be bred from.</summary>
    public virtual IReadOnlyList<NoiseKind> Noises => [];

    /// <summary>Field stores, <c>output.kind</c>.</summary>
    public virtual IReadOnlyList<FieldStoreKind> Stores => [];

    internal IEnumerable<(string What, string Word)> Words() => Declared().Select(kind => (kind.What, kind.Word));

    /// <summary>All kinds, each with its sections of settings; those of a noise are declared where it is used. The sections are made
    /// late, once all kinds are known.</summary>
    internal IEnumerable<(string What, string Word, Func<IReadOnlyList<SettingSection>> Sections)> Declared() =>
    [
        .. Models.Select(kind => ("model", kind.Word, (Func<IReadOnlyList<SettingSection>>)(() => kind.Sections))),
        .. Sources.Select(kind => ("source", kind.Word, (Func<IReadOnlyList<SettingSection>>)(() => [kind.Section]))),
        .. Perturbations.Select(kind => ("perturbation", kind.Word, (Func<IReadOnlyList<SettingSection>>)(() => kind.Sections))),
        .. Noises.Select(kind => ("noise", kind.Word, (Func<IReadOnlyList<SettingSection>>)(() => []))),
        .. Stores.Select(kind => ("field store", kind.Word, (Func<IReadOnlyList<SettingSection>>)(() => kind.Sections))),
    ];
}

/// <summary>An extension that was loaded.</summary>
/// <param name="Name">The assembly's name.</param>
/// <param name="Version">The assembly's version.</param>
/// <param name="Digest">SHA-256 of the assembly's file, in hex.</param>
/// <param name="Path">The assembly's file.</param>
/// <param name="Kinds">What it adds.</param>
public sealed record Extension(string Name, string Version, string Digest, string Path, ExtensionKinds Kinds)
{
    /// <summary>What it adds, in words: <c>model damped, perturbation wave</c>.</summary>
    public string Adds => string.Join(", ", Kinds.Words().Select(kind => $"{kind.What} {kind.Word}"));

    internal Assembly Assembly => Kinds.GetType().Assembly;

    /// <summary>Which build it is, as a run's fingerprint has it.</summary>
    public string Build => $"{Version} sha256:{Digest}";
}
