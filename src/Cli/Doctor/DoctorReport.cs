namespace Cairn.Cli.Doctor;

/// <summary>The findings of <c>cairn doctor</c> in sections: the machine, and the file system of a path if one was given.</summary>
public sealed record DoctorReport(IReadOnlyList<DoctorSection> Sections)
{
    /// <summary>0 if everything that Cairn needs works, otherwise 1.</summary>
    public int ExitCode => Sections.SelectMany(s => s.Findings).Any(f => f.Standing == Standing.Broken) ? 1 : 0;

    public DoctorReport With(DoctorSection section) => new([.. Sections, section]);

    /// <summary>Examines this machine, and the file system of <paramref name="path"/> unless it is null.</summary>
    public static DoctorReport Examine(string? path, IMachine machine, FileSystemExamination files)
    {
        var sections = new List<DoctorSection> { new("This machine", MachineExamination.Run(machine)) };
        if (path is not null)
            sections.Add(files.Run(path));

        return new(sections);
    }
}

/// <summary>Findings under one heading.</summary>
public sealed record DoctorSection(string Title, IReadOnlyList<Finding> Findings);
