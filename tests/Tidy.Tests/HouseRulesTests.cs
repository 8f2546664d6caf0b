using System.Text.RegularExpressions;
using Cairn.Tidy.Tests.Rules;

namespace Cairn.Tidy.Tests;

/// <summary>The repository keeps the rules that a program can check. A failure lists file:line and what to do.</summary>
public sealed class HouseRulesTests
{
    private static readonly string[] CodeEndings = [".cs", ".cpp", ".h", ".hpp", ".py"];

    private static readonly string[] TextEndings =
        [.. CodeEndings, ".md", ".conf", ".json", ".sql", ".sh", ".txt", ".yml", ".csproj", ".props", ".targets", ".sln", ".cmake"];

    private static readonly string[] Scripts = ["cairn", ".ci/run"];

    private static readonly IReadOnlyList<string> TextFiles = Repository.Files
        .Where(f => TextEndings.Contains(Path.GetExtension(f)) || Scripts.Contains(f)).ToList();

    private static readonly IReadOnlyList<string> Projects = Repository.Files
        .Where(f => Path.GetExtension(f) == ".csproj").ToList();

    private static IEnumerable<string> Code => TextFiles.Where(f => CodeEndings.Contains(Path.GetExtension(f)) || Scripts.Contains(f));

    [Fact]
    public void The_repository_is_found_and_not_empty()
    {
        Assert.Contains("src/Storage/CairnException.cs", Repository.Files);
        Assert.True(Repository.CSharp.Count > 20, $"only {Repository.CSharp.Count} C# files under {Repository.Root}");
    }

    [Fact]
    public void Project_references_point_downward() => Violation.None(
        Projects.Where(p => p.StartsWith("src/", StringComparison.Ordinal)).SelectMany(p => Imports.References(p, Repository.Read(p))));

    [Fact]
    public void Usings_point_downward() => Violation.None(
        Repository.CSharp.Where(f => f.IsUnder("src")).SelectMany(f => Imports.Usings(f, Path.GetFileNameWithoutExtension(ProjectOf(f)!))));

    [Fact]
    public void Nobody_but_a_kind_of_field_store_knows_what_it_is_made_of() => Violation.None(
        Repository.CSharp.Where(f => f.IsUnder("src")).SelectMany(Imports.Stores));

    [Fact]
    public void Nobody_but_the_host_knows_who_listens_to_instruments() => Violation.None(
        Repository.CSharp.Where(f => f.IsUnder("src")).SelectMany(Imports.Telemetry));

    [Fact]
    public void Namespaces_follow_folders() => Violation.None(
        from file in Repository.CSharp
        let project = ProjectOf(file)
        where project is not null
        from violation in Naming.Namespaces(file, (project, Naming.RootNamespace(project)))
        select violation);

    [Fact]
    public void Folders_name_concepts() => Violation.None(Repository.Files.SelectMany(Naming.Folders));

    [Fact]
    public void Test_names_say_the_behaviour() => Violation.None(
        Repository.CSharp.Where(f => f.IsUnder("tests")).SelectMany(Naming.TestNames));

    [Fact]
    public void Time_files_processes_and_randomness_come_in_through_constructors() =>
        Violation.None(Repository.CSharp.SelectMany(BannedCalls.Check));

    [Fact]
    public void Methods_are_short() => Violation.None(Repository.CSharp.SelectMany(Shape.LongMethods));

    [Fact]
    public void Lines_fit_the_screen() => Violation.None(Code.SelectMany(f => Shape.LongLines(f, Repository.Read(f))));

    [Fact]
    public void Files_hold_one_idea() => Violation.None(Code.SelectMany(f => Shape.LongFile(f, Repository.Read(f))));

    [Fact]
    public void Errors_are_not_swallowed() => Violation.None(Repository.CSharp.SelectMany(Design.SwallowedErrors));

    [Fact]
    public void Static_state_does_not_change() => Violation.None(Repository.CSharp.SelectMany(Design.MutableStatics));

    [Fact]
    public void Classes_are_sealed_unless_meant_for_inheritance() => Violation.None(Design.OpenClasses(Repository.CSharp));

    [Fact]
    public void No_note_to_oneself_is_left() => Violation.None(TextFiles.SelectMany(f => Leftovers.Notes(f, Repository.Read(f))));

    [Fact]
    public void No_file_names_a_place_on_one_machine() => Violation.None(
        TextFiles.SelectMany(f => Leftovers.MachinePlaces(f, Repository.Read(f)).Concat(Leftovers.PrivateHosts(f, Repository.Read(f)))));

    [Fact]
    public void The_solution_holds_every_project()
    {
        var listed = Regex.Matches(Repository.Read("Runtime.sln"), "\"([^\"]+\\.csproj)\"")
            .Select(m => m.Groups[1].Value.Replace('\\', '/')).ToHashSet();
        var missing = Projects.Where(p => p.Split('/')[0] is "src" or "tests" && !listed.Contains(p))
            .Select(p => new Violation(p, 1, $"Runtime.sln does not hold this project: dotnet sln add {p}"));
        var gone = listed.Where(p => !Projects.Contains(p))
            .Select(p => new Violation("Runtime.sln", 1, $"{p} is listed but does not exist."));
        Violation.None(missing.Concat(gone));
    }

    [Fact]
    public void Exceptions_from_the_rules_are_still_needed()
    {
        var places = Exceptions.LongFiles.Keys.Concat(Exceptions.Namespaces.Keys).Concat(Exceptions.MutableStatics.Keys);
        Violation.None(places.Where(p => !Repository.Files.Contains(p))
            .Select(p => new Violation(p, 1, "this file is gone; take it out of Exceptions.cs.")));
        Violation.None(Exceptions.LongFiles.Keys.Where(f => Repository.Read(f).Count(c => c == '\n') <= Shape.MaxFileLines)
            .Select(f => new Violation(f, 1, "this file is short again; take it out of Exceptions.cs (LongFiles).")));
    }

    private static string? ProjectOf(SourceFile file) => Projects
        .Where(p => file.IsUnder(Path.GetDirectoryName(p)!)).OrderByDescending(p => p.Length).FirstOrDefault();
}
