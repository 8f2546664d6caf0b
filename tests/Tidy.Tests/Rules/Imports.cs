using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cairn.Tidy.Tests.Rules;

/// <summary>Imports point downward only: Cli → Api → Actors → Engine → Storage; Hocon stands alone.</summary>
public static class Imports
{
    private const string Direction = "imports point downward: Cli → Api → Actors → Engine → Storage.";

    private static readonly Dictionary<string, string[]> Below = new(StringComparer.Ordinal)
    {
        ["Cairn.Hocon"] = [],
        ["Cairn.Storage"] = ["Cairn.Hocon"],
        ["Cairn.Engine"] = ["Cairn.Storage", "Cairn.Hocon"],
        ["Cairn.Actors"] = ["Cairn.Engine", "Cairn.Storage", "Cairn.Hocon"],
        ["Cairn.Api"] = ["Cairn.Actors", "Cairn.Engine", "Cairn.Storage", "Cairn.Hocon"],
        ["Cairn.Cli"] = ["Cairn.Api", "Cairn.Actors", "Cairn.Engine", "Cairn.Storage", "Cairn.Hocon"],
    };

    /// <param name="project">The path of a project file under src.</param>
    /// <param name="xml">Its text.</param>
    public static IEnumerable<Violation> References(string project, string xml)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        if (!Below.TryGetValue(name, out var allowed))
        {
            yield return new(project, 1, $"{name} has no place in the house yet; give it one in tests/Tidy.Tests/Rules/Imports.cs.");
            yield break;
        }

        foreach (var reference in XDocument.Parse(xml, LoadOptions.SetLineInfo).Descendants("ProjectReference"))
        {
            var target = Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/'));
            if (!allowed.Contains(target))
            {
                var line = ((System.Xml.IXmlLineInfo)reference).LineNumber;
                yield return new(project, line, $"{name} may not reference {target}; {Direction}");
            }
        }
    }

    /// <summary>Field stores are reached through their interface: what one kind of them is made of is named where that kind is.</summary>
    public static IEnumerable<Violation> Stores(SourceFile file) =>
        file.IsUnder("src/Storage/Fields/Zarr") || file.IsUnder("src/Engine/Stores")
            ? []
            : from name in file.Nodes<SimpleNameSyntax>()
              where name.Identifier.Text.StartsWith("Zarr", StringComparison.Ordinal)
              select file.At(name, $"{name} belongs to one kind of field store; go through IFieldStore and FieldStoreKinds.");

    /// <summary>Who listens to instruments is the host's to say: the layers below measure with .NET's own.</summary>
    public static IEnumerable<Violation> Telemetry(SourceFile file) => file.IsUnder("src/Api/Telemetry")
        ? []
        : from import in file.Nodes<UsingDirectiveSyntax>()
          let name = import.NamespaceOrType.ToString()
          where name == "OpenTelemetry" || name.StartsWith("OpenTelemetry.", StringComparison.Ordinal)
          select file.At(import, $"{name} is the host's, in src/Api/Telemetry; measure with System.Diagnostics.");

    /// <param name="file">The file to look at.</param>
    /// <param name="project">The name of the project that compiles it.</param>
    public static IEnumerable<Violation> Usings(SourceFile file, string project)
    {
        var allowed = Below.GetValueOrDefault(project, []);
        foreach (var import in file.Nodes<UsingDirectiveSyntax>())
        {
            var name = import.NamespaceOrType.ToString();
            var home = Below.Keys.Where(k => name == k || name.StartsWith(k + ".", StringComparison.Ordinal)).FirstOrDefault();
            if (home is not null && home != project && !allowed.Contains(home))
                yield return file.At(import, $"{project} may not use {home}; {Direction}");
        }
    }
}
