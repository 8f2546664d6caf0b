using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.Catalog;

/// <summary>
/// The snippets of docs/checkpoints.md, compiled and run: the page's text and what is between the marks here are the same.
/// </summary>
public sealed class LoopFromTheDocsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private int _steps;
    private int _dieAfter;
    private Noise? _noise;

    // <state>
    [CheckpointState(Id = "winds.Rollout")]
    public sealed class RolloutState
    {
        public NdArray? Field { get; set; }

        public int Step { get; set; }
    }
    // </state>

    // <component>
    [CheckpointState(Id = "winds.Noise")]
    public sealed class NoiseState
    {
        public ulong Seed { get; set; } = 42;
    }

    public sealed class Noise
    {
        private readonly BoundState<NoiseState> _state = CheckpointScope.Bind(new NoiseState());

        public double Next() => (_state.Value.Seed = (_state.Value.Seed * 6364136223846793005) + 1) / (double)ulong.MaxValue;
    }
    // </component>

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_page_shows_what_is_tested_here()
    {
        var page = Lines(File.ReadAllText(RepositoryRoot.Path("docs", "checkpoints.md")));
        var source = File.ReadAllText(RepositoryRoot.Path("tests", "Storage.Tests", "Catalog", "LoopFromTheDocsTests.cs"));
        foreach (var mark in new[] { "state", "loop", "component" })
        {
            var (open, close) = ($"// <{mark}>", $"// </{mark}>");
            var start = source.IndexOf(open, StringComparison.Ordinal) + open.Length;
            var snippet = Lines(source[start..source.IndexOf(close, start, StringComparison.Ordinal)]);
            Assert.Contains(snippet, page, StringComparison.Ordinal);
            Assert.True(mark != "loop" || snippet.Split('\n').Count(line => line is not ("{" or "}")) <= 10, "more than ten lines");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(23)]
    [InlineData(39)]
    public void A_loop_that_dies_and_is_started_again_ends_with_the_same_numbers(int dieAfter)
    {
        var expected = Run(Path.Combine(_directory.Path, "undisturbed"));
        Assert.Equal(40, _steps);
        var path = Path.Combine(_directory.Path, "disturbed");
        (_steps, _dieAfter) = (0, dieAfter);
        Assert.Throws<InvalidOperationException>(() => Run(path));
        _dieAfter = 0;

        var resumed = Run(path);

        Assert.Equal(expected.AsSpan<double>().ToArray(), resumed.AsSpan<double>().ToArray());
        Assert.Equal(40 + (dieAfter % 4), _steps);
    }

    private NdArray Run(string path)
    {
        _noise = null;
        // <loop>
        var checkpoint = new Checkpoint("january-winds", new CheckpointOptions { Path = path, FlushInterval = 4 });
        using var session = checkpoint.Open();               // restores the newest valid row, or begins anew
        var state = session.Bind(new RolloutState()).Value;  // filled from the row if there is one
        state.Field ??= Initial();
        while (state.Step < 40)
        {
            state.Field = Advance(state.Field);
            state.Step++;
            session.Write(new Dictionary<string, object?> { ["lead_time"] = NumpyTimeDelta64.From(state.Step * TimeSpan.FromHours(6)) });
        }

        session.Flush();
        // </loop>
        Assert.Equal(TimeSpan.FromHours(240), session.LeadTime);
        return state.Field;
    }

    private static NdArray Initial() => NdArray.From([1.0, 2.0, 3.0], 3);

    /// <summary>A step with a component that is made when it is first needed: what it binds carries its numbers on.</summary>
    private NdArray Advance(NdArray field)
    {
        if (_dieAfter > 0 && _steps == _dieAfter)
        {
            throw new InvalidOperationException("killed");
        }

        _steps++;
        var draw = (_noise ??= new Noise()).Next();
        return NdArray.From([.. field.AsSpan<double>().ToArray().Select(v => (v * 0.9) + draw)], 3);
    }

    private static string Lines(string text) => string.Join(
        '\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
