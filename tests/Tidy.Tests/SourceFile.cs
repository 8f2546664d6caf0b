using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Cairn.Tidy.Tests;

/// <summary>A C# file, parsed but not compiled: rules look at its shape, never at what its names resolve to.</summary>
public sealed class SourceFile(string path, string text)
{
    private readonly Lazy<SyntaxNode> _root = new(() => CSharpSyntaxTree.ParseText(text).GetRoot());

    /// <summary>Relative to the repository's root, with forward slashes.</summary>
    public string Path { get; } = path;

    public string[] Lines { get; } = text.Split('\n');

    public SyntaxNode Syntax => _root.Value;

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public IEnumerable<T> Nodes<T>() where T : SyntaxNode => Syntax.DescendantNodesAndSelf().OfType<T>();

    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    public Violation At(SyntaxNode node, string whatToDo) => new(Path, LineOf(node), whatToDo);
}
