namespace Cairn.Engine.Tests.Rollouts;

public sealed class RunRecordTests : IDisposable
{
    private readonly Trial _trial = new();
    private readonly ITestOutputHelper _log;
    private readonly string _path;

    public RunRecordTests(ITestOutputHelper log)
    {
        _log = log;
        _path = Path.Combine(_trial.Spec("run").Checkpoint.Path, RunRecord.FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
    }

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void What_was_written_is_read_back_and_writes_the_same_bytes()
    {
        var record = Sample();
        File.WriteAllBytes(_path, record.ToBytes());
        var read = RunRecord.Read(_path);

        Assert.Equal(record.ToBytes(), read.ToBytes());
        Assert.Equal(record.Batches, read.Batches);
        Assert.Equal(record.Digest, read.Digest);
        Assert.Empty(ResumeCheck.Check(read, record));
    }

    [Fact]
    public void A_newer_version_asks_for_the_newer_program() =>
        AssertRefused(Text().Replace("\"version\": 2", "\"version\": 3", StringComparison.Ordinal), "version 3");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\": \"one\"}")]
    [InlineData("{\"version\": 1, \"version\": 1}")]
    [InlineData("{\"version\": 99999999999}")]
    [InlineData("{\"version\": 1, \"batches\": {}}")]
    [InlineData("{\"version\": 1, \"batches\": [null]}")]
    [InlineData("{\"version\": 1, \"batches\": [7]}")]
    [InlineData("{\"version\": 1, \"batches\": [{\"first\": 0}]}")]
    [InlineData("{\"version\": 1, \"batches\": [], \"spec\": null}")]
    [InlineData("{\"version\": 1, \"batches\": [], \"spec\": {}}")]
    public void A_damaged_record_is_refused_by_its_path(string text) => AssertRefused(text, "");

    [Theory]
    [InlineData("\"first\": 0", "\"first\": -1")]
    [InlineData("\"last\": 1", "\"last\": -1")]
    [InlineData("\"last\": 3", "\"last\": 2147483647")]
    public void Batches_that_cannot_be_are_refused(string good, string bad) =>
        AssertRefused(Text().Replace(good, bad, StringComparison.Ordinal), "batch of members");

    [Fact]
    public void Bytes_flipped_anywhere_give_a_record_or_a_refusal_and_nothing_else()
    {
        var seed = Environment.TickCount;
        _log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var bytes = Sample().ToBytes();
        for (var i = 0; i < 400; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_path, i % 4 == 0 ? damaged[..random.Next(damaged.Length)] : damaged);
            try
            {
                RunRecord.Read(_path);
            }
            catch (DataException e)
            {
                Assert.Contains(_path, e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_file_too_large_to_be_a_record_is_not_read()
    {
        using (var file = File.Create(_path))
        {
            file.SetLength(1L << 32);
        }
        Assert.Contains("4294967296 bytes", Assert.Throws<DataException>(() => RunRecord.Read(_path)).Message, StringComparison.Ordinal);
    }

    private void AssertRefused(string text, string why)
    {
        File.WriteAllText(_path, text);
        var error = Assert.Throws<DataException>(() => RunRecord.Read(_path));

        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Object reference", error.Message, StringComparison.Ordinal);
    }

    private string Text() => Encoding.UTF8.GetString(Sample().ToBytes());

    private RunRecord Sample()
    {
        var spec = _trial.Spec("run");
        return new RunRecord(spec, spec.ToNumerics(), spec.ToOutputLayout(), [new("cpu", "avx2")], [new(0, 1), new(2, 3)]);
    }
}
