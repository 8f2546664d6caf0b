namespace Cairn.Engine.Tests.Models.Python;

/// <summary>What becomes of a class, or a process, that does not do as it should.</summary>
public sealed class PythonFailureTests
{
    private const string Step = "def step(self, state):\n    ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public PythonFailureTests() => PythonClass.Require();

    [SkippableTheory]
    [InlineData("pass", "trial:Trial has no step; expected step(self, state)")]
    [InlineData("def step(self, state, wind):\n    return state", "step takes (state, wind); expected step(self, state), or")]
    [InlineData("def __init__(self, n):\n    pass\ndef step(self, x):\n    return x", "missing 1 required positional argument: 'n'")]
    [InlineData(Step + "raise ValueError('too warm')", "trial:Trial.step raised ValueError: too warm", "trial.py\", line 7, in step")]
    [InlineData(Step + "sys.exit(3)", "trial:Trial.step called sys.exit(3); expected it to return")]
    [InlineData(Step + "os._exit(3)", "In step of 'trial:Trial' the Python process ended with exit code 3")]
    [InlineData(Step + "os.kill(os.getpid(), 11)", "the Python process was ended by signal 11 (SIGSEGV)")]
    [InlineData(Step + "return None", "step returned None; expected a numpy array")]
    [InlineData(Step + "return state[:, 1:]", "step returned float32[2, 2, 4]; expected float32[2, 3, 4]")]
    [InlineData(Step + "return state.astype('f8')", "step returned float64[2, 3, 4]; expected float32, which is model.dtype")]
    [InlineData(Step + "state += 1\n    return state", "read-only")]
    [InlineData(Step + "self.kept = state\n    return state + 1", "keeps an array that it received")]
    [InlineData(Step + "self.n = getattr(self, 'n', 0) + 1\n    return state + np.float32(self.n)", "gave two answers to one argument")]
    [InlineData(Step + "return state + np.random.rand(*state.shape).astype('f4')", "gave two answers to one argument", "self.rng")]
    [InlineData("def step(self, state, out):\n    out[0] = state[0]", "gave two answers to one argument", "fill all of out")]
    [InlineData("def step(self, state, out):\n    return state * 2", "returned float32[2, 3, 4]; expected nothing: write")]
    [InlineData(Step + "return state\ndef fields(self, x):\n    return x[:1]", "fields returned float32[1, 3, 4]; expected real numbers")]
    [InlineData(Step + "return state\ndef fields(self, x):\n    return self.rng.random((2, 3, 4))", "self.rng is available only")]
    [InlineData(Step + "return state\ndef init(self, f):\n    return list(f)", "init returned a list; expected a numpy array")]
    [InlineData(Step + "return state\ndef state(self):\n    return [1]", "state returned a list; expected a dict of arrays")]
    [InlineData(Step + "return state\ndef state(self):\n    return {'a': object()}", "returned a = a object; expected an array of numbers")]
    [InlineData(Step + "return state\ndef state(self):\n    return {'a': 1}", "load_state(self, arrays) is missing")]
    [InlineData("def __init__(self):\n    self.state = 1\n" + Step + "return state", "has an attribute self.state, which hides")]
    public void A_class_that_will_not_do_is_refused_when_it_is_opened(string body, params string[] expected)
    {
        using var python = new PythonClass(body);
        var error = Assert.Throws<SpecException>(() => python.Open());

        Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("cairn/stepper.py", error.Message, StringComparison.Ordinal);
        Assert.Equal(["trial.py"], Directory.GetFileSystemEntries(python.Folder).Select(Path.GetFileName));
    }

    [SkippableTheory]
    [InlineData("nowhere:Trial", "there is no module nowhere in")]
    [InlineData("trial.inner:Trial", "there is no module trial.inner in")]
    [InlineData("trial:Other", "has no class Other; it has Trial. Check model.class.")]
    [InlineData("trial:np", "is of type module; expected a class")]
    [InlineData("broken:Trial", "Importing broken raised SyntaxError")]
    [InlineData("lacking:Trial", "raised ModuleNotFoundError: No module named 'not_there'", "lacking.py\", line 1")]
    public void A_class_that_is_not_there_is_named(string name, params string[] expected)
    {
        using var python = new PythonClass(Step + "return state");
        python.Write("broken.py", "class Trial\n");
        python.Write("lacking.py", "import not_there\n");
        var error = Assert.Throws<SpecException>(() => python.Open(o => o with { Class = name }));

        Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [SkippableFact]
    public void An_interpreter_that_is_not_there_and_one_without_numpy_are_named_with_what_to_install()
    {
        using var python = new PythonClass(Step + "return state");
        var absent = Assert.Throws<SpecException>(() => python.Open(o => o with { Interpreter = "python-of-nobody" }));
        var bare = Path.Combine(python.Folder, "bare");
        File.WriteAllText(bare, $"#!/bin/sh\nexec {PythonClass.Interpreter} -S \"$@\"\n");
        File.SetUnixFileMode(bare, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var lacking = Assert.Throws<SpecException>(() => python.Open(o => o with { Interpreter = bare }));

        Assert.Contains("There is no Python at model.python = python-of-nobody", absent.Message, StringComparison.Ordinal);
        Assert.Contains("cannot load numpy: No module named 'numpy'", lacking.Message, StringComparison.Ordinal);
        Assert.Contains("-m pip install numpy", lacking.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void What_a_model_prints_is_told_and_comes_after_no_answer()
    {
        using var python = new PythonClass("""
            def step(self, state):
                print("{\"packing\": 1}", flush=True)
                os.write(1, b"by the descriptor\n")
                os.system("echo by another program")
                sys.stderr.write("to standard error\n")
                return state + 1
            """);
        using (var model = python.Open())
        {
            using var next = Stepped(model);
            Assert.False(next.IsInvalid);
        }
        var known = new HashSet<string> { "{\"packing\": 1}", "by the descriptor", "by another program", "to standard error" };
        Assert.True(SpinWait.SpinUntil(() => known.IsSubsetOf(python.Said), Patience), string.Join('\n', python.Said));
    }

    [SkippableFact]
    public void A_process_that_is_killed_fails_the_call_that_it_was_at_and_another_takes_its_place()
    {
        using var python = new PythonClass("""
            def step(self, state):
                if os.path.exists(os.path.join(os.path.dirname(__file__), "die")) and self.member == 5:
                    os.remove(os.path.join(os.path.dirname(__file__), "die"))
                    os.kill(os.getpid(), signal.SIGKILL)
                return state * 2
            """);
        using var model = python.Open();
        using var calm = Stepped(model);
        using var fields = Made(2);
        using var state = model.Initialize(fields);
        using var members = (ITimedModel)model.For(new SteppedMembers(0, [4, 5], _ => 0));
        python.Write("die", "");

        var error = Assert.Throws<StepException>(() => members.Step(state, TimeSpan.Zero));

        Assert.Equal(5, error.Member);
        Assert.Contains("was ended by signal 9 (SIGKILL)", error.Message, StringComparison.Ordinal);
        using var next = members.Step(state, TimeSpan.Zero);
        using var first = next.narrow(0, 0, 1);
        Assert.Equal(calm.ToArray<float>(), first.clone().ToArray<float>());
    }

    [SkippableFact]
    public void A_process_that_ends_between_two_calls_is_told_and_takes_nothing_with_it()
    {
        using var python = new PythonClass("""
            def step(self, state):
                print(f"I am {os.getpid()}")
                return state * 2
            """);
        using var model = python.Open();
        using var first = Stepped(model);
        Assert.True(SpinWait.SpinUntil(() => python.Said.Any(line => line.StartsWith("I am ", StringComparison.Ordinal)), Patience));
        using (var process = Process.GetProcessById(int.Parse(python.Said[^1][5..], CultureInfo.InvariantCulture)))
        {
            process.Kill();
            Assert.True(process.WaitForExit(Patience));
        }
        // The next call may come before the end is known, and is the one that fails then.
        Tensor? second = null;
        Assert.True(SpinWait.SpinUntil(() => (second = Tried(model)) is not null, Patience));
        using (second)
        {
            Assert.Equal(first.ToArray<float>(), second!.ToArray<float>());
        }
    }

    [SkippableFact]
    public void A_process_that_hangs_is_killed_at_its_deadline_and_one_that_nobody_waits_for_at_once()
    {
        using var python = new PythonClass("""
            def step(self, state):
                if self.member == 1:
                    time.sleep(1000)
                return state * 2
            """);
        using var model = python.Open(o => o with { Process = o.Process with { Deadline = TimeSpan.FromSeconds(2) } });
        using var fields = Made(1);
        using var state = model.Initialize(fields);
        using var late = (ITimedModel)model.For(new SteppedMembers(0, [1], _ => 0));
        var error = Assert.Throws<StepException>(() => late.Step(state, TimeSpan.Zero));
        using var over = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        using var left = (ITimedModel)model.For(new SteppedMembers(0, [1], _ => 0, over.Token));

        Assert.Contains("did not answer within 2 s (supervision.boundary-deadline), and", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Member);
        Assert.ThrowsAny<OperationCanceledException>(() => left.Step(state, TimeSpan.Zero));
    }

    [SkippableFact]
    public void A_process_that_eats_memory_is_stopped_at_its_limit()
    {
        using var python = new PythonClass("""
            def step(self, state):
                if self.member == 1:
                    self.eaten = [np.ones(1 << 24) for _ in range(1000)]
                return state * 2
            """);
        using var model = python.Open(o => o with { Memory = 512 << 20 });
        using var fields = Made(1);
        using var state = model.Initialize(fields);
        using var eater = (ITimedModel)model.For(new SteppedMembers(0, [1], _ => 0));
        var error = Assert.Throws<StepException>(() => eater.Step(state, TimeSpan.Zero));

        Assert.Contains("MemoryError", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, error.Member);
    }

    // One of some ten such runs among others waits in vain for a line that the forked process prints.
    [SkippableFact]
    [Trait("Category", "Soak")]
    public void A_process_that_the_model_forks_answers_nothing_and_goes_with_the_model()
    {
        using var python = new PythonClass("""
            def step(self, state):
                if self.member == 1 and os.fork() == 0:
                    return state * 7
                if self.member == 2:
                    child = os.fork()
                    if child == 0:
                        time.sleep(1000)
                    print(f"child {child}")
                return state * 2
            """);
        int child;
        using (var model = python.Open())
        {
            using var fields = Made(3);
            using var state = model.Initialize(fields);
            using var members = (ITimedModel)model.For(new SteppedMembers(0, [0, 1, 2], _ => 0));
            using var next = members.Step(state, TimeSpan.Zero);

            using var output = members.Fields(next);
            Assert.Equal(fields.ToArray<float>().Select(x => x * 2), output.ToArray<float>());
            Assert.True(SpinWait.SpinUntil(() => python.Said.Count >= 2, Patience), string.Join('\n', python.Said));
            const string back = "trial:Trial.step returned in a process that it had forked; that process was ended";
            Assert.Contains(back, python.Said);
            child = int.Parse(python.Said.Single(l => l.StartsWith("child ", StringComparison.Ordinal))[6..], CultureInfo.InvariantCulture);
        }
        Assert.True(SpinWait.SpinUntil(() => !IsThere(child), Patience), $"process {child} is still there");
    }

    [SkippableFact]
    public void A_class_that_changes_while_it_is_stepped_is_refused_by_the_next_process()
    {
        using var python = new PythonClass(Step + "if self.member == 1:\n        os._exit(1)\n    return state * 2");
        using var model = python.Open();
        using var fields = Made(1);
        using var state = model.Initialize(fields);
        using var dying = (ITimedModel)model.For(new SteppedMembers(0, [1], _ => 0));
        Assert.Throws<StepException>(() => dying.Step(state, TimeSpan.Zero));
        python.Write("trial.py", File.ReadAllText(Path.Combine(python.Folder, "trial.py")) + "# other\n");

        Assert.Contains("is another than when the run began", Assert.Throws<SpecException>(() => model.Step(state)).Message,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Fields_that_become_no_numbers_are_refused_by_what_made_them()
    {
        using var python = new PythonClass(Step + "return np.log(state - 1)");
        using var fields = Made(1);
        var error = Assert.Throws<SpecException>(() => PythonModel.Open(python.Options, fields));

        Assert.Contains("state of 'trial:Trial' is NaN or infinite somewhere", error.Message, StringComparison.Ordinal);
        Assert.Contains("one step made it", error.Message, StringComparison.Ordinal);
    }

    private static Tensor? Tried(PythonModel model)
    {
        try
        {
            return Stepped(model);
        }
        catch (StepException)
        {
            return null;
        }
    }

    private static Tensor Stepped(PythonModel model)
    {
        using var fields = Made(1);
        using var state = model.Initialize(fields);
        return model.Step(state, TimeSpan.Zero);
    }

    private static Tensor Made(int members) => ScriptTrial.MadeUp([members, 2, 3, 4], ScalarType.Float32, CPU);

    /// <summary>Whether a process is there, and no zombie that nobody has asked for.</summary>
    private static bool IsThere(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[1][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
