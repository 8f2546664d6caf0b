using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cairn.Tidy.Tests.Rules;

/// <summary>What a class may not do: swallow errors, share mutable state, or stand open for inheritance that nobody uses.</summary>
public static class Design
{
    public static IEnumerable<Violation> SwallowedErrors(SourceFile file)
    {
        foreach (var clause in file.Nodes<CatchClauseSyntax>())
        {
            if (clause.Declaration is null && !Rethrows(clause))
                yield return file.At(clause, "a bare catch swallows everything; name the exception that is expected here.");

            var saysWhy = clause.Block.DescendantTrivia().Any(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia));
            if (clause.Block.Statements.Count == 0 && !saysWhy)
                yield return file.At(clause, "this catch swallows the error; handle it, or say in a comment inside why nothing is to do.");
        }
    }

    public static IEnumerable<Violation> MutableStatics(SourceFile file) =>
        from field in file.Nodes<FieldDeclarationSyntax>()
        let words = field.Modifiers.Select(m => m.Kind()).ToHashSet()
        where file.IsUnder("src") && !Exceptions.MutableStatics.Covers(file.Path) && words.Contains(SyntaxKind.StaticKeyword)
            && !words.Contains(SyntaxKind.ReadOnlyKeyword) && !words.Contains(SyntaxKind.ConstKeyword)
        select file.At(field, "mutable static state is shared by everything; make it an instance's, or readonly.");

    /// <summary>Classes of src that are neither sealed, abstract nor static, and that no class of src derives from.</summary>
    public static IEnumerable<Violation> OpenClasses(IReadOnlyList<SourceFile> files)
    {
        var classes = files.Where(f => f.IsUnder("src"))
            .SelectMany(f => f.Nodes<TypeDeclarationSyntax>().Where(IsClass).Select(c => (File: f, Class: c)))
            .ToList();
        var bases = classes.SelectMany(c => c.Class.BaseList?.Types ?? default)
            .Select(b => b.Type.ToString().Split('<')[0].Split('.')[^1]).ToHashSet(StringComparer.Ordinal);
        return from c in classes
               where !IsClosed(c.Class)
               where !bases.Contains(c.Class.Identifier.Text) && !Exceptions.OpenClasses.ContainsKey(c.Class.Identifier.Text)
               where !IsPartOfASealedOne(c.Class, classes.Select(x => x.Class))
               select c.File.At(c.Class, $"seal {c.Class.Identifier.Text}: nothing derives from it.");
    }

    private static bool IsClass(TypeDeclarationSyntax type) => type is ClassDeclarationSyntax
        || (type is RecordDeclarationSyntax record && !record.ClassOrStructKeyword.IsKind(SyntaxKind.StructKeyword));

    private static bool IsClosed(TypeDeclarationSyntax type) =>
        type.Modifiers.Any(m => m.Kind() is SyntaxKind.SealedKeyword or SyntaxKind.AbstractKeyword or SyntaxKind.StaticKeyword);

    private static bool IsPartOfASealedOne(TypeDeclarationSyntax part, IEnumerable<TypeDeclarationSyntax> all) =>
        part.Modifiers.Any(SyntaxKind.PartialKeyword) && all.Any(other => other.Identifier.Text == part.Identifier.Text && IsClosed(other));

    private static bool Rethrows(CatchClauseSyntax clause) =>
        clause.Block.Statements.LastOrDefault() is ThrowStatementSyntax { Expression: null };
}
