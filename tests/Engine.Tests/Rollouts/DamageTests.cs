namespace Cairn.Engine.Tests.Rollouts;

/// <summary>What is damaged or taken away on disk is noticed and made good, and the run ends with the same bytes.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_flipped_byte_in_the_newest_sessions_makes_an_older_one_the_restart(int damaged)
    {
        var (calm, disturbed) = Stopped(boundary: 5);
        for (var i = 0; i < damaged; i++)
        {
            var file = Directory.GetFiles(Rows(disturbed)[^(i + 1)].Directory, "*.npy", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal).First();
            var bytes = File.ReadAllBytes(file);
            bytes[^3] ^= 0x10;
            File.WriteAllBytes(file, bytes);
        }
        var after = _trial.Complete(disturbed);
        Assert.Equal(5 - damaged, after.Of<BatchStarted>().First().Boundary);
        Assert.Equal(damaged, after.Warnings.Count(w =>
            w.Contains(".npy", StringComparison.Ordinal) && w.Contains("is skipped", StringComparison.Ordinal)));
        Trial.AssertSameEnd(calm, disturbed);
    }

    [Fact]
    public void With_every_session_damaged_the_batch_begins_anew()
    {
        var (calm, disturbed) = Stopped(boundary: 3);
        foreach (var row in Rows(disturbed))
            File.WriteAllText(Path.Combine(row.Directory, "manifest.json"), "{");
        var after = _trial.Complete(disturbed);
        Assert.Equal(-1, after.Of<BatchStarted>().First().Boundary);
        Assert.Contains(after.Warnings, w => w.Contains("manifest.json", StringComparison.Ordinal));
        Trial.AssertSameEnd(calm, disturbed);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 2)]
    [InlineData(5, 4)]
    public void A_field_chunk_that_is_gone_is_written_again_from_the_session_before_it(int output, int boundary)
    {
        var (calm, disturbed) = Stopped(boundary: 5);
        File.Delete(Path.Combine(disturbed.Output.Path!, "v", $"1.0.{output}.0.0"));
        var after = _trial.Complete(disturbed);

        Assert.Equal(output == 0 ? -1 : boundary, after.Of<BatchStarted>().First().Boundary);
        // One warning, however many sessions lie after the chunk.
        Assert.Contains($"no v of member 1 at lead time {output * 6} h", Assert.Single(after.Warnings), StringComparison.Ordinal);
        Trial.AssertSameEnd(calm, disturbed);
    }

    [Fact]
    public void A_chunk_missing_from_a_complete_run_is_made_good()
    {
        var (calm, disturbed) = (_trial.Spec("calm"), _trial.Spec("disturbed"));
        _trial.Complete(calm);
        _trial.Complete(disturbed);
        File.Delete(Path.Combine(disturbed.Output.Path!, "u", "3.0.6.0.0"));
        var after = _trial.Complete(disturbed);

        Assert.Equal(["members 2-3"], after.Of<BatchStarted>().Select(e => $"{e.Batch}"));
        Trial.AssertSameEnd(calm, disturbed);
    }

    [Fact]
    public void The_whole_store_gone_is_computed_again()
    {
        var (calm, disturbed) = Stopped(boundary: 5);
        Directory.Delete(disturbed.Output.Path!, recursive: true);
        _trial.Complete(disturbed);

        Trial.AssertSameEnd(calm, disturbed);
    }

    [Fact]
    public void A_lost_index_changes_nothing()
    {
        var (calm, disturbed) = Stopped(boundary: 5);
        File.Delete(Path.Combine(disturbed.Checkpoint.Path, new MemberRange(0, 1).FolderName, "catalog.json"));
        var after = _trial.Complete(disturbed);

        Assert.Equal(5, after.Of<BatchStarted>().First().Boundary);
        Trial.AssertSameEnd(calm, disturbed);
    }

    private (RunSpec Calm, RunSpec Disturbed) Stopped(int boundary)
    {
        var (calm, disturbed) = (_trial.Spec("calm"), _trial.Spec("disturbed"));
        _trial.Complete(calm);
        _trial.StopAt(disturbed, boundary);
        return (calm, disturbed);
    }

    private static IReadOnlyList<Storage.Catalog.CheckpointRow> Rows(RunSpec spec) =>
        Storage.Catalog.Checkpoint.ReadRows(Path.Combine(spec.Checkpoint.Path, new MemberRange(0, 1).FolderName));
}
