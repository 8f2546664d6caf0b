namespace Cairn.Cli.Doctor;

/// <summary>What <c>cairn doctor</c> found, in sections: the machine, and the file system of a path when one was given.</summary>
public sealed record DoctorReport(IReadOnlyList<DoctorSection> Sections)
{
    /// <summary>0 when everything that Cairn needs is there and works, 1 otherwise.</summary>
    public int ExitCode => Sections.SelectMany(s => s.Findings).Any(f => f.Standing == Standing.Broken) ? 1 : 0;

    /// <summary>The same with one section more.</summary>
    public DoctorReport With(DoctorSection section) => new([.. Sections, section]);

    /// <summary>Looks at this machine, and at the file system of <paramref name="path"/> unless it is null.</summary>
    public static DoctorReport Examine(string? path, IMachine machine, FileSystemExamination files)
    {
        var sections = new List<DoctorSection> { new("This machine", MachineExamination.Run(machine)) };
        if (path is not null)
        {
            sections.Add(files.Run(path));
        }

        return new(sections);
    }
}

/// <summary>Findings under one heading.</summary>
public sealed record DoctorSection(string Title, IReadOnlyList<Finding> Findings);
