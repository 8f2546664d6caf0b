namespace Cairn.Engine.Tests.Ranks;

public sealed class MpiexecTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-mpiexec").FullName;

    [Fact]
    public void The_launcher_of_MPICH_is_found_beside_and_behind_that_of_Open_MPI()
    {
        var open = Folder("open", "mpirun", "mpiexec -> mpirun");
        var debian = Folder("debian", "orterun", "mpiexec -> orterun", "mpiexec.hydra");
        var site = Folder("site", "mpiexec");

        Assert.Equal(Path.Combine(debian, "mpiexec.hydra"), Mpiexec.Find($"{open}:/nowhere:{debian}:{site}"));
        Assert.Equal(Path.Combine(site, "mpiexec"), Mpiexec.Find($"{open}:{site}"));
    }

    [Fact]
    public void Open_MPI_alone_or_no_MPI_is_told_with_what_to_install()
    {
        var open = Folder("open", "orterun", "mpiexec.openmpi -> orterun", "mpiexec -> mpiexec.openmpi");

        var onlyOpen = Assert.Throws<SpecException>(() => Mpiexec.Find(open)).Message;
        Assert.Contains($"Only Open MPI's mpiexec is in PATH ({open}/mpiexec)", onlyOpen, StringComparison.Ordinal);
        Assert.Contains("Debian: mpich", onlyOpen, StringComparison.Ordinal);
        var none = Assert.Throws<SpecException>(() => Mpiexec.Find("/nowhere")).Message;
        Assert.Contains("No mpiexec is in PATH (/nowhere)", none, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder(string name, params string[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        foreach (var file in files.Select(file => file.Split(" -> ")))
        {
            var path = Path.Combine(folder, file[0]);
            if (file.Length == 1)
                File.WriteAllText(path, "");
            else
                File.CreateSymbolicLink(path, file[1]);
        }
        return folder;
    }
}
