using Spectre.Console;

namespace Cairn.Cli.Doctor;

/// <summary>Writes a report: tables for a person at a terminal, lines of plain text for a file or a pipe.</summary>
internal static class DoctorRendering
{
    public static void WriteTables(DoctorReport report, IAnsiConsole console)
    {
        foreach (var section in report.Sections)
        {
            var table = new Table().Border(TableBorder.Rounded).Title(new TableTitle(Markup.Escape(section.Title)));
            table.AddColumns(new TableColumn("").NoWrap(), new TableColumn("").NoWrap(), new TableColumn("")).HideHeaders();
            foreach (var finding in section.Findings)
            {
                var color = finding.Standing switch { Standing.Good => Color.Green, Standing.Limited => Color.Yellow, _ => Color.Red };
                var text = finding.Cure is null ? finding.Found : $"{finding.Found}\n→ {finding.Cure}";
                table.AddRow(new Text(Word(finding.Standing), new Style(color)), new Text(finding.Subject), new Text(text));
            }

            console.Write(table);
        }

        console.WriteLine(Summary(report));
    }

    public static void WritePlain(DoctorReport report, TextWriter output)
    {
        var width = report.Sections.SelectMany(s => s.Findings).Max(f => f.Subject.Length);
        foreach (var section in report.Sections)
        {
            output.WriteLine(section.Title);
            foreach (var finding in section.Findings)
            {
                output.WriteLine($"  {Word(finding.Standing),-7}  {finding.Subject.PadRight(width)}  {finding.Found}");
                if (finding.Cure is not null)
                    output.WriteLine($"  {"",-7}  {new string(' ', width)}  → {finding.Cure}");
            }

            output.WriteLine();
        }

        output.WriteLine(Summary(report));
    }

    private static string Word(Standing standing) =>
        standing switch { Standing.Good => "ok", Standing.Limited => "limited", _ => "BROKEN" };

    private static string Summary(DoctorReport report)
    {
        var broken = report.Sections
            .SelectMany(s => s.Findings).Where(f => f.Standing == Standing.Broken).Select(f => f.Subject).ToArray();
        return broken.Length == 0 ? "Cairn can run here." : $"Cairn cannot run correctly here: {string.Join(", ", broken)}.";
    }
}
