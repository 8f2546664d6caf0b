using Cairn.Engine.Chm;

namespace Cairn.Engine.Tests.Chm;

public sealed class ChmCheckpointSettingsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cairn-chm-settings-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_section_is_read_as_Chm_spells_it_with_its_comments()
    {
        var settings = Read("CHM.json",
            """
            // A basin
            {
                "option": { "station_search_radius": 1000 /* metres
                    or so */ },
                /* "checkpoint": { "save_checkpoint": false }, */
                "checkpoint":
                {
                    "save_checkpoint": true,
                    "on_frequency": "24", // as boost writes numbers
                    "on_last": true,
                    "on_wallclock_limit": 1,
                    "minutes_of_wallclock": 5,
                    "load_checkpoint_path": "output/checkpoint/checkpoint_20001001T140000.np1.json" // not "/* */" a comment
                },
                "output": { "output_dir": "out/*" }
            }
            """);

        Assert.Equal(
            new ChmCheckpointSettings
            {
                Save = true, OnFrequency = 24, OnLast = true, OnWallClockLimit = true, MinutesOfWallClock = 5,
                LoadPath = Path.Combine(_root, "output/checkpoint/checkpoint_20001001T140000.np1.json"),
            },
            settings);
    }

    [Fact]
    public void The_section_is_read_from_hocon_too()
    {
        var settings = Read("run.conf", "checkpoint { save_checkpoint = yes, on_last = true, auto_resume = true }");

        Assert.Equal(new ChmCheckpointSettings { Save = true, OnLast = true, AutoResume = true }, settings);
        Assert.Equal(2, settings.MinutesOfWallClock);
    }

    [Fact]
    public void Without_the_section_nothing_is_saved() => Assert.Equal(new ChmCheckpointSettings(), Read("a.json", "{}"));

    [Fact]
    public void All_mistakes_are_told_at_once_with_their_lines()
    {
        var error = Assert.Throws<RunSpecException>(() => Read("CHM.json",
            """
            { "checkpoint": {
                "save_checkpoint": "maybe",
                "frequency": 4,
                "on_frequency": 0,
                /* here
                   and there */ "on_last": [],
                "auto_resumed": true,
                "minutes_of_wallclock": -1
            } }
            """));

        Assert.Equal(
            [
                (2, "checkpoint.save_checkpoint"), (3, "checkpoint.frequency"), (4, "checkpoint.on_frequency"),
                (6, "checkpoint.on_last"), (7, "checkpoint.auto_resumed"), (8, "checkpoint.minutes_of_wallclock"),
            ],
            error.Mistakes.Select(m => (m.Line!.Value, m.Key)));
        Assert.Contains("on_frequency, which it was renamed to", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"save_checkpoint\": true", "without a setting that says when")]
    [InlineData("\"save_checkpoint\": true, \"on_last\": false", "without a setting that says when")]
    [InlineData("\"auto_resume\": true, \"load_checkpoint_path\": \"x.json\"", "true beside load_checkpoint_path; expected one of the two")]
    [InlineData("\"on\": 1", "expected one of save_checkpoint, on_frequency")]
    public void Settings_that_make_no_sense_together_are_refused(string section, string expected)
    {
        var error = Assert.Throws<RunSpecException>(() => Read("CHM.json", $$"""{ "checkpoint": { {{section}} } }"""));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_to_load_may_stand_beside_an_auto_resume_that_is_off() =>
        Assert.Equal(
            "/a/x.json", Read("c.json", """{ "checkpoint": { "auto_resume": false, "load_checkpoint_path": "/a/x.json" } }""").LoadPath);

    private ChmCheckpointSettings Read(string name, string text)
    {
        File.WriteAllText(Path.Combine(_root, name), text);
        return ChmCheckpointSettings.ReadFile(name, workingDirectory: _root);
    }
}
