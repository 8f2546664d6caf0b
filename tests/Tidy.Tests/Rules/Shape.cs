using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cairn.Tidy.Tests.Rules;

/// <summary>How long files, methods and lines may be.</summary>
public static class Shape
{
    public const int MaxMethodLines = 70;
    public const int MaxFileLines = 400;
    public const int MaxColumns = 140;

    public static IEnumerable<Violation> LongMethods(SourceFile file)
    {
        var methods = file.Nodes<SyntaxNode>()
            .Where(n => n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax);
        foreach (var method in methods)
        {
            var span = method.GetLocation().GetLineSpan();
            var lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
            if (lines > MaxMethodLines)
                yield return file.At(method, $"this method has {lines} lines; split it so that no part is over {MaxMethodLines}.");
        }

        var statements = file.Nodes<GlobalStatementSyntax>().Where(s => s.Statement is not LocalFunctionStatementSyntax).ToList();
        var total = statements.Sum(s => s.ToString().Count(c => c == '\n') + 1);
        if (total > MaxMethodLines)
        {
            yield return file.At(statements[0],
                $"these top-level statements have {total} lines; move them into methods of at most {MaxMethodLines}.");
        }
    }

    public static IEnumerable<Violation> LongLines(string path, string text) => text.Split('\n')
        .Select((line, i) => (Columns: line.TrimEnd('\r').Length, Number: i + 1))
        .Where(l => l.Columns > MaxColumns)
        .Select(l => new Violation(path, l.Number, $"this line has {l.Columns} columns; break it before column {MaxColumns + 1}."));

    public static IEnumerable<Violation> LongFile(string path, string text)
    {
        var lines = text.Count(c => c == '\n');
        if (lines > MaxFileLines && !Exceptions.LongFiles.ContainsKey(path))
        {
            yield return new(path, MaxFileLines + 1,
                $"this file has {lines} lines; split it by idea, or give the reason in tests/Tidy.Tests/Exceptions.cs (LongFiles).");
        }
    }
}
