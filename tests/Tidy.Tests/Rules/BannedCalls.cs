using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Cairn.Tidy.Tests.Rules;

/// <summary>Calls that have one home, or none: time, waiting, files, processes, randomness and the console.</summary>
public static class BannedCalls
{
    private sealed record Ban(string Instead, Func<SourceFile, bool> Applies, params string[] Names);

    private static readonly Ban[] Bans =
    [
        new("ask a TimeProvider that came through the constructor", _ => true,
            "DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow"),
        new("wait for a signal, or schedule on a TimeProvider", _ => true, "Thread.Sleep"),
        new("wait for a signal, or advance a virtual clock", f => f.IsUnder("tests"), "Task.Delay"),
        new("use IDurableFiles.Rename, which says what is durable and reports errno", f => f.IsUnder("src"),
            "File.Move", "Directory.Move", "File.Replace"),
        new("use IDurableFiles or PathFound: the managed call says \"not there\" of what may not be looked at",
            f => f.IsUnder("src") && !Exceptions.Existence.Covers(f.Path), "File.Exists", "Directory.Exists"),
        new("use IDurableFile.Sync: the managed call hides a failed fsync", f => f.IsUnder("src"), "RandomAccess.FlushToDisk"),
        new("seed a generator of your own, so that the draw can be repeated", _ => true, "Random.Shared"),
        new("return an exit code instead", f => f.IsUnder("src"), "Environment.Exit", "Environment.FailFast"),
        new("libraries do not print: log, or give the text back",
            f => f.IsUnder("src") && !f.IsUnder("src/Cli") && !Exceptions.Printing.Covers(f.Path),
            "Console.Write", "Console.WriteLine", "Console.Out", "Console.Error"),
        new("start processes only where tests/Tidy.Tests/Exceptions.cs (Processes) says",
            f => f.IsUnder("src") && !Exceptions.Processes.Covers(f.Path), "Process.Start"),
    ];

    private static readonly string[] FileFunctions =
        ["open", "openat", "write", "pwrite", "fsync", "fdatasync", "rename", "renameat2", "link", "unlink"];

    public static IEnumerable<Violation> Check(SourceFile file) =>
        MemberAccesses(file).Concat(Flushes(file)).Concat(Creations(file)).Concat(NativeFileCalls(file));

    private static IEnumerable<Violation> MemberAccesses(SourceFile file) =>
        from access in file.Nodes<MemberAccessExpressionSyntax>()
        let owner = access.Expression.ToString().Split('.')[^1]
        let name = $"{owner}.{access.Name.Identifier.Text}"
        from ban in Bans
        where ban.Names.Contains(name) && ban.Applies(file)
        select file.At(access, $"{name} is banned here; {ban.Instead}.");

    private static IEnumerable<Violation> Flushes(SourceFile file) =>
        from call in file.Nodes<InvocationExpressionSyntax>()
        where file.IsUnder("src") && call.Expression.ToString().EndsWith("Flush", StringComparison.Ordinal)
            && call.ArgumentList.Arguments is [var only] && only.Expression.ToString() == "true"
        select file.At(call, "Flush(true) hides a failed fsync; use IDurableFile.Sync.");

    private static IEnumerable<Violation> Creations(SourceFile file)
    {
        foreach (var creation in file.Nodes<ObjectCreationExpressionSyntax>())
        {
            var type = creation.Type.ToString().Split('.')[^1];
            if (type == "Random" && creation.ArgumentList is not { Arguments.Count: > 0 })
                yield return file.At(creation, "new Random() cannot be repeated; give it a seed, and print the seed in a test.");

            if (type == "Process" && file.IsUnder("src") && !Exceptions.Processes.Covers(file.Path))
                yield return file.At(creation, "start processes only where tests/Tidy.Tests/Exceptions.cs (Processes) says.");
        }
    }

    private static IEnumerable<Violation> NativeFileCalls(SourceFile file) =>
        from attribute in file.Nodes<AttributeSyntax>()
        where attribute.Name.ToString() is "LibraryImport" or "DllImport"
        where file.IsUnder("src") && !Exceptions.NativeFiles.Covers(file.Path)
        let text = attribute.ToString()
        let method = attribute.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.Text ?? ""
        where text.Contains("\"libc\"", StringComparison.Ordinal)
            && FileFunctions.Any(f => text.Contains($"EntryPoint = \"{f}\"", StringComparison.Ordinal) || method == f)
        select file.At(attribute, "libc's file functions are called in src/Storage/Durable only; go through IDurableFiles.");
}
