using Cairn.Tidy.Tests.Rules;

namespace Cairn.Tidy.Tests;

/// <summary>Each rule sees a violation that is planted for it, and leaves its lawful neighbour alone.</summary>
public sealed class PlantedViolationTests
{
    [Theory]
    [InlineData("src/Engine/A.cs", "var t = DateTime.UtcNow;", true)]
    [InlineData("tests/A.cs", "var t = System.DateTimeOffset.Now;", true)]
    [InlineData("src/Engine/A.cs", "var t = clock.GetUtcNow(); var s = \"DateTime.Now\"; // DateTime.Now", false)]
    [InlineData("tests/A.cs", "Thread.Sleep(5);", true)]
    [InlineData("tests/A.cs", "await Task.Delay(5);", true)]
    [InlineData("src/Actors/A.cs", "await Task.Delay(pause, clock, token);", false)]
    [InlineData("src/Engine/A.cs", "File.Move(a, b);", true)]
    [InlineData("tests/A.cs", "File.Move(a, b);", false)]
    [InlineData("src/Engine/A.cs", "var there = File.Exists(path);", true)]
    [InlineData("src/Engine/A.cs", "var there = files.Where(Directory.Exists);", true)]
    [InlineData("src/Engine/A.cs", "var there = PathFound.IsFile(path);", false)]
    [InlineData("src/Storage/A.cs", "stream.Flush(true);", true)]
    [InlineData("src/Storage/A.cs", "stream.Flush();", false)]
    [InlineData("src/Storage/A.cs", "Process.Start(x);", true)]
    [InlineData("src/Actors/Ranks/A.cs", "Process.Start(x);", false)]
    [InlineData("src/Engine/A.cs", "var r = new Random();", true)]
    [InlineData("src/Engine/A.cs", "var r = new Random(7);", false)]
    [InlineData("src/Storage/A.cs", "Console.WriteLine(1);", true)]
    [InlineData("src/Cli/A.cs", "Console.WriteLine(1);", false)]
    [InlineData("src/Cli/A.cs", "class A { [LibraryImport(\"libc\", EntryPoint = \"fsync\")] extern int F(int fd); }", true)]
    [InlineData("src/Storage/Durable/A.cs", "class A { [LibraryImport(\"libc\", EntryPoint = \"fsync\")] extern int F(int fd); }", false)]
    [InlineData("src/Cli/A.cs", "class A { [LibraryImport(\"libc\", EntryPoint = \"getpid\")] static partial int Pid(); }", false)]
    public void A_banned_call_is_seen(string path, string code, bool isBanned) =>
        Expect(isBanned, BannedCalls.Check(new SourceFile(path, code)));

    [Theory]
    [InlineData("Cairn.Storage", "Cairn.Engine", true)]
    [InlineData("Cairn.Engine", "Cairn.Storage", false)]
    [InlineData("Cairn.Hocon", "Cairn.Storage", true)]
    [InlineData("Cairn.Engine", "Cairn.Actors", true)]
    [InlineData("Cairn.Cli", "Cairn.Actors", false)]
    public void An_upward_import_is_seen(string project, string target, bool isUpward)
    {
        var reference = $"<Project><ProjectReference Include=\"../X/{target}.csproj\" /></Project>";
        Expect(isUpward, Imports.References($"src/X/{project}.csproj", reference));
        Expect(isUpward, Imports.Usings(new SourceFile("src/X/A.cs", $"using {target}.Deep.Down;"), project));
    }

    [Theory]
    [InlineData("src/Cli/A.cs", "var s = ZarrStore.Open(files, path);", true)]
    [InlineData("src/Storage/Derived/A.cs", "using Cairn.Storage.Fields.Zarr;", true)]
    [InlineData("src/Engine/Stores/A.cs", "var s = ZarrStore.Open(files, path);", false)]
    [InlineData("src/Cli/A.cs", "var s = FieldStoreKinds.Open(files, path);", false)]
    public void A_kind_of_store_named_outside_of_its_files_is_seen(string path, string code, bool isNamed) =>
        Expect(isNamed, Imports.Stores(new SourceFile(path, code)));

    [Theory]
    [InlineData("namespace Cairn.Engine.Torch;", false)]
    [InlineData("namespace Cairn.Engine;", true)]
    [InlineData("namespace Cairn.Engine.Torch { }", true)]
    public void A_namespace_away_from_its_folder_is_seen(string code, bool isAway) =>
        Expect(isAway, Naming.Namespaces(new SourceFile("src/Engine/Torch/A.cs", code), ("src/Engine/E.csproj", "Cairn.Engine")));

    [Theory]
    [InlineData(68, false)]
    [InlineData(69, true)]
    public void A_method_over_seventy_lines_is_seen(int statements, bool isLong)
    {
        var body = string.Concat(Enumerable.Repeat("x++;\n", statements));
        Expect(isLong, Shape.LongMethods(new SourceFile("src/A.cs", $"class A {{\n void B() {{\n{body}}} }}")));
        Expect(isLong, Shape.LongMethods(new SourceFile("src/A.cs", body + "y++;\ny++;\n")));
    }

    [Theory]
    [InlineData(140, false)]
    [InlineData(141, true)]
    public void A_line_over_140_columns_is_seen(int columns, bool isLong) =>
        Expect(isLong, Shape.LongLines("a.cs", new string('x', columns)));

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, true)]
    public void A_file_over_400_lines_is_seen(int lines, bool isLong) => Expect(isLong, Shape.LongFile("a.cs", new string('\n', lines)));

    [Theory]
    [InlineData("try { } catch { }", true)]
    [InlineData("try { } catch (IOException) { }", true)]
    [InlineData("try { } catch (IOException) { /* gone */ // someone else deleted it first\n }", false)]
    [InlineData("try { } catch { Undo(); throw; }", false)]
    public void A_swallowed_error_is_seen(string code, bool isSwallowed)
    {
        var found = Design.SwallowedErrors(new SourceFile("src/A.cs", code)).Any();
        Assert.Equal(isSwallowed, found);
    }

    [Theory]
    [InlineData("src/Engine/A.cs", "using OpenTelemetry.Metrics;", true)]
    [InlineData("src/Api/Telemetry/A.cs", "using OpenTelemetry.Metrics;", false)]
    [InlineData("src/Engine/A.cs", "using System.Diagnostics.Metrics;", false)]
    public void A_layer_that_knows_who_listens_to_its_instruments_is_seen(string path, string code, bool knows) =>
        Expect(knows, Imports.Telemetry(new SourceFile(path, code)));

    [Theory]
    [InlineData("class A { static int count; }", true)]
    [InlineData("class A { static readonly int count; const int Two = 2; int own; }", false)]
    public void Mutable_static_state_is_seen(string code, bool isMutable)
    {
        Expect(isMutable, Design.MutableStatics(new SourceFile("src/A.cs", code)));
    }

    [Theory]
    [InlineData("class A { }", true)]
    [InlineData("record A(int X);", true)]
    [InlineData("sealed class A { } static class B { } abstract class C { } record struct D(int X); sealed record E;", false)]
    [InlineData("class A { } sealed class B : A { }", false)]
    [InlineData("sealed partial class A { } partial class A { }", false)]
    public void An_open_class_without_heirs_is_seen(string code, bool isOpen) =>
        Expect(isOpen, Design.OpenClasses([new SourceFile("src/A.cs", code)]));

    [Theory]
    [InlineData("[Fact] public void Test1() { }", true)]
    [InlineData("[Fact] public void Ice_melts_above_zero() { }", false)]
    public void A_test_without_a_sentence_is_seen(string code, bool isNameless) =>
        Expect(isNameless, Naming.TestNames(new SourceFile("tests/A.cs", $"class A {{ {code} }}")));

    [Theory]
    [InlineData("// TO" + "DO later", true)]
    [InlineData("// nothing left to do", false)]
    public void A_note_to_oneself_is_seen(string line, bool isNote) => Expect(isNote, Leftovers.Notes("a.cs", line));

    [Theory]
    [InlineData("see /wo" + "rk/shared/x", true)]
    [InlineData("\"/ro" + "ot/x\"", true)]
    [InlineData("/tm" + "p/wt/x", true)]
    [InlineData("out/work/x, /scratch/x, ../home/x, /var/tmp/x", false)]
    public void A_place_on_one_machine_is_seen(string line, bool isPlace) => Expect(isPlace, Leftovers.MachinePlaces("a.md", line));

    [Theory]
    [InlineData("http:/" + "/10.1.2.3/simple", true)]
    [InlineData("https:/" + "/ann:secret@example.org/x", true)]
    [InlineData("https:/" + "/packages.corp/x", true)]
    [InlineData("https:/" + "/builder/x", true)]
    [InlineData("https://github.com/x/y, http://localhost:8080/x, http://127.0.0.1:9/", false)]
    public void A_private_host_is_seen(string line, bool isPrivate) => Expect(isPrivate, Leftovers.PrivateHosts("a.md", line));

    [Fact]
    public void A_folder_that_says_nothing_is_seen()
    {
        Expect(true, Naming.Folders("src/Engine/Helpers/A.cs"));
        Expect(false, Naming.Folders("src/Engine/Torch/Helpers.cs"));
    }

    private static void Expect(bool broken, IEnumerable<Violation> violations)
    {
        var found = violations.ToList();
        Assert.True(broken == found.Count > 0, found.Count == 0 ? "the planted violation was not seen" : string.Join("\n", found));
        Assert.All(found, v => Assert.True(v.Line > 0 && v.WhatToDo.Length > 20, v.ToString()));
    }
}
