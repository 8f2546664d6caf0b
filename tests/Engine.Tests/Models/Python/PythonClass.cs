using System.Collections.Concurrent;

namespace Cairn.Engine.Tests.Models.Python;

/// <summary>A class of a test's own in a module of its own, <c>trial:Trial</c>, and an interpreter with numpy.</summary>
internal sealed class PythonClass : IDisposable
{
    public const string Interpreter = "/usr/bin/python3";

    public static readonly LatLonGrid Grid = new([30, 0, -30], [0, 90, 180, 270]);

    private readonly ConcurrentQueue<string> _said = new();

    public PythonClass(string body, string parent = "cairn.Model") => Write("trial.py",
        $"import os, signal, sys, time\nimport cairn\nimport numpy as np\n\nclass Trial({parent}):\n"
            + string.Join('\n', body.Split('\n').Select(line => "    " + line)) + "\n");

    public string Folder { get; } = Directory.CreateTempSubdirectory("cairn-python-").FullName;
    public IReadOnlyList<string> Said => [.. _said];

    public PythonModelOptions Options => new()
    {
        Class = "trial:Trial",
        Folders = [Folder],
        Interpreter = Interpreter,
        InputVariables = ["u", "v"],
        OutputVariables = ["u", "v"],
        Grid = Grid,
        Step = TimeSpan.FromHours(1),
        InitialTime = CfTime.Parse("1970-01-02", CfCalendar.Standard, out _),
        Process = new ModelProcess { Deadline = TimeSpan.FromMinutes(1), Said = _said.Enqueue },
    };

    /// <summary>Skips a test where there is no such interpreter, or no numpy.</summary>
    public static void Require() => Skip.IfNot(
        File.Exists(Interpreter) && Directory.Exists("/usr/lib/python3/dist-packages/numpy"),
        $"{Interpreter} with numpy is missing: apt-get install python3-numpy");

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    public PythonModel Open(Func<PythonModelOptions, PythonModelOptions>? change = null) =>
        PythonModel.Open(change is null ? Options : change(Options));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
