using System.CommandLine;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Diff;

/// <summary><c>cairn diff A B</c>: reports whether and where two runs, catalogs, sessions or field stores differ.</summary>
internal static class DiffCommand
{
    private const int UsualLines = 50;

    public static Command Build()
    {
        const string Which = "a run's folder, a catalog, a session (PATH@ROW, or its folder under commits/), or a field store.";
        var a = new Argument<string>("A") { Description = $"One: {Which}" };
        var b = new Argument<string>("B")
        {
            Description = "The other, of the same kind. Arrays are compared bit by bit; NaN equals NaN in value. Sessions are matched by "
                + "lead time and write count. Ignored is what only says when and by which process something was written: commit ids, "
                + "saved_at, epochs, sequence and parent, the fallback, and fingerprints (different fingerprints of runs are reported as "
                + "a note).",
        };
        var lines = new Option<int>("--lines")
        {
            Description = "Show at most this many differences.", HelpName = "N", DefaultValueFactory = _ => UsualLines,
        };
        var command = new Command(
            "diff",
            "Compare two runs, catalogs, sessions or field stores: exit 0 if they are equal, 1 if not.")
        {
            a, b, lines,
        };
        var json = new JsonOption();
        json.AddTo(command);
        command.SetAction(parsed => Compare(
            DiffTarget.Of(parsed.GetRequiredValue(a)), DiffTarget.Of(parsed.GetRequiredValue(b)), new Differences(parsed.GetValue(lines)),
            json.IsIn(parsed), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Compare(DiffTarget a, DiffTarget b, Differences differences, bool asJson, TextWriter output)
    {
        var compared = Compared(a, b, differences);
        if (asJson)
        {
            var (count, lines) = (differences.Count, differences.Lines);
            JsonOption.Write(output, new { Equal = count == 0, compared, count, Differences = lines, differences.Notes });
        }
        else
        {
            Write(differences, compared, output);
        }

        return differences.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Write(Differences differences, string compared, TextWriter output)
    {
        differences.Notes.ForEach(note => output.WriteLine($"note: {note}"));
        foreach (var line in differences.Lines)
            output.WriteLine(line);

        if (differences.Count > differences.Lines.Count)
            output.WriteLine($"and {differences.Count - differences.Lines.Count} more");

        output.WriteLine(differences.Count == 0
            ? $"equal: {compared}"
            : $"A and B differ in {Plural(differences.Count, "place")} ({compared})");
    }

    private static string Compared(DiffTarget a, DiffTarget b, Differences differences)
    {
        var files = new PosixFiles();
        switch (a, b)
        {
            case (DiffTarget.Store x, DiffTarget.Store y):
                return $"{Plural(new StoreComparison(differences, files).Compare("", x.Path, y.Path), "array")} compared";
            case (DiffTarget.Session x, DiffTarget.Session y):
                new SessionComparison(differences).Compare("", x.Row, y.Row);
                return "1 session compared";
            case (DiffTarget.Run x, DiffTarget.Run y):
                var (sessions, arrays) = new RunComparison(differences, files).Compare(x.Path, y.Path);
                return Plural(sessions, "session") + (arrays > 0 ? $" and {Plural(arrays, "array")} of fields" : "") + " compared";
            case (DiffTarget.Catalogs { Folders: [var x] }, DiffTarget.Catalogs { Folders: [var y] }):
                return $"{Plural(new CatalogComparison(differences).Compare("", x, y), "session")} compared";
            case (DiffTarget.Catalogs x, DiffTarget.Catalogs y):
                return $"{Plural(new RunComparison(differences, files).Catalogs(x.Folders, y.Folders), "session")} compared";
            default:
                throw new SpecException($"A is {a.Kind}, B is {b.Kind}: these cannot be compared. Name two of the same kind.");
        }
    }

    private static string Plural(int count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";
}
