using System.Xml.Linq;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cairn.Tidy.Tests.Rules;

/// <summary>Where things lie and what they are called.</summary>
public static class Naming
{
    private static readonly string[] EmptyFolderNames = ["Common", "Utils", "Util", "Helpers", "Manager", "Managers", "Misc", "Shared"];
    private static readonly string[] TestAttributes = ["Fact", "Theory", "SkippableFact", "SkippableTheory", "Property"];

    /// <param name="file">The file to look at.</param>
    /// <param name="project">The path of the project that compiles it, and that project's root namespace.</param>
    public static IEnumerable<Violation> Namespaces(SourceFile file, (string Path, string RootNamespace) project)
    {
        var folder = Path.GetDirectoryName(Path.GetRelativePath(Path.GetDirectoryName(project.Path)!, file.Path))!.Replace('/', '.');
        var expected = folder.Length == 0 ? project.RootNamespace : $"{project.RootNamespace}.{folder}";
        foreach (var block in file.Nodes<NamespaceDeclarationSyntax>())
            yield return file.At(block, "write the namespace file-scoped: `namespace …;`.");

        foreach (var scope in file.Nodes<BaseNamespaceDeclarationSyntax>())
        {
            if (scope.Name.ToString() != expected && !Exceptions.Namespaces.Covers(file.Path))
                yield return file.At(scope, $"namespace {scope.Name} does not follow the folder; expected {expected} (or move the file).");
        }
    }

    public static IEnumerable<Violation> Folders(string path) => path.Split('/').SkipLast(1).Where(EmptyFolderNames.Contains)
        .Select(name => new Violation(path, 1, $"a folder named {name} says nothing; name the concept that lives there."));

    public static IEnumerable<Violation> TestNames(SourceFile file) =>
        from method in file.Nodes<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(l => l.Attributes).Any(a => TestAttributes.Contains(a.Name.ToString()))
        where !method.Identifier.Text.Contains('_', StringComparison.Ordinal)
        select file.At(method, $"{method.Identifier.Text} says no behaviour; name it like A_torn_session_is_never_offered_for_restore.");

    /// <summary>The root namespace that a project file gives: its RootNamespace, or else its own name.</summary>
    public static string RootNamespace(string project) =>
        XDocument.Parse(Repository.Read(project)).Descendants("RootNamespace").FirstOrDefault()?.Value
        ?? Path.GetFileNameWithoutExtension(project);
}
