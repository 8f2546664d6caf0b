namespace Cairn.Engine.Tests.Pictures;

public sealed class ForecastPictureTests
{
    private static readonly double[] Latitudes = [-60, -30, 0, 30, 60];
    private static readonly double[] Longitudes = [0, 60, 120, 180, 240, 300];

    /// <summary>Columns of <see cref="Longitudes"/> from 180 degrees west to the east.</summary>
    private static readonly int[] WestFirst = [3, 4, 5, 0, 1, 2];

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 8)]
    [InlineData(3, 16)]
    public void Every_member_is_what_the_store_holds_within_half_a_step(int seed, int bits)
    {
        using var store = new PictureStore(PictureStore.Grid(4, 5, Latitudes, Longitudes, perChunk: 2), seed).Fill();
        // Eight bits come with a smaller file: what stays of it after the page's own bytes is less than all values take.
        var picture = store.Draw(bits == 16 ? ForecastPicture.UsualBytes : (140 << 10) + 3500);
        Assert.Equal(bits, picture.Facts["member"]!["bits"]!.GetValue<int>());
        foreach (var (name, index) in new[] { ("q", 0), ("u", 1) })
        {
            var planes = picture.Planes(index);
            foreach (var (member, leadTime) in from m in Enumerable.Range(0, 4) from t in Enumerable.Range(0, 5) select (m, t))
            {
                var (values, step) = planes[(ReadPicture.FirstMember + member, leadTime)];
                Assert.InRange(step, 1e-9, 40.0 / ((1 << bits) - 2));
                AssertNear((row, column) => store.Value(member, leadTime, name, 4 - row, WestFirst[column]), values, step, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Mean_and_spread_are_those_of_all_members_and_missing_where_one_is()
    {
        const int seed = 7;
        using var store = new PictureStore(PictureStore.Grid(3, 3, Latitudes, Longitudes), seed).Fill();
        var planes = store.Draw().Planes(1);
        for (var leadTime = 0; leadTime < 3; leadTime++)
        {
            double[] At(int row, int column) =>
                [.. Enumerable.Range(0, 3).Select(m => store.Value(m, leadTime, "u", 4 - row, WestFirst[column]))];
            var (mean, meanStep) = planes[(ReadPicture.Mean, leadTime)];
            var (spread, spreadStep) = planes[(ReadPicture.Spread, leadTime)];
            AssertNear((row, column) => At(row, column).Average(), mean, meanStep, $"seed {seed}");
            AssertNear(
                (row, column) => Math.Sqrt(At(row, column).Sum(v => Math.Pow(v - At(row, column).Average(), 2)) / 2), spread, spreadStep,
                $"seed {seed}");
        }
    }

    [Fact]
    public void Only_what_is_committed_is_drawn_and_the_rest_is_named()
    {
        using var store = new PictureStore(PictureStore.Grid(3, 4, Latitudes, Longitudes), 11);
        store.Fill(0, 3);
        store.Fill(1, 3);
        store.Fill(2, 1);
        var picture = store.Draw();
        var planes = picture.Planes(0);

        Assert.Equal([(2, 0), (2, 1), (2, 2), (3, 0), (3, 1), (3, 2), (4, 0)], planes.Keys.Where(k => k.Slot >= 2).Order());
        Assert.Equal([0, 1, 2], planes.Keys.Where(k => k.Slot == ReadPicture.Mean).Select(k => k.LeadTime).Order());
        Assert.Equal([3, 2, 2], picture.Facts["counts"]!.AsArray().Select(c => c!.GetValue<int>()));
        var pending = picture.Facts["pending"]!.GetValue<string>();
        Assert.Contains("all members are committed to lead time 0 h", pending, StringComparison.Ordinal);
        Assert.Contains("Lead times 18 h to 18 h are not committed yet", pending, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mesh_is_drawn_with_its_triangles_and_none_is_left_out_when_the_file_has_to_be_small()
    {
        var layout = PictureStore.Grid(2, 30, [0], [.. Enumerable.Range(0, 40).Select(i => 3.0 * i)]) with
        {
            Mesh = new FieldMesh(
                [.. Enumerable.Range(0, 42).Select(i => 500_000.04 + i)], [.. Enumerable.Range(0, 42).Select(i => 7e6 + (i % 2))],
                new double[42], [.. Enumerable.Range(0, 40).SelectMany(i => new[] { i, i + 1, i + 2 })]),
        };
        using var store = new PictureStore(layout, 5).Fill();
        var (whole, small) = (store.Draw(), store.Draw((140 << 10) + 3000));

        var drawn = whole.Facts["mesh"]!;
        Assert.Equal((500_000.04, 7e6), (drawn["west"]!.GetValue<double>(), drawn["south"]!.GetValue<double>()));
        Assert.Equal(Enumerable.Range(0, 42).Select(i => 10 * i), drawn["x"]!.AsArray().Select(x => x!.GetValue<int>()));
        Assert.Equal(layout.Mesh.FaceNodes, drawn["nodes"]!.AsArray().Select(n => n!.GetValue<int>()));
        foreach (var picture in new[] { whole, small })
        {
            Assert.Equal(layout.Longitude, picture.Numbers("member", "columns"));
            Assert.Contains("40 triangles", picture.Facts["facts"]!.ToJsonString(), StringComparison.Ordinal);
        }
        Assert.True(small.Facts["leadSeconds"]!.AsArray().Count < 30, "lead times are what is thinned");
    }

    [Fact]
    public void The_first_variable_is_the_one_that_the_run_names_first()
    {
        using var store = new PictureStore(PictureStore.Grid(1, 2, Latitudes, Longitudes), 1).Fill();

        Assert.Equal(1, store.Draw(caption: new PictureCaption("run", []) { First = "u" }).Facts["first"]!.GetValue<int>());
        Assert.Equal(0, store.Draw().Facts["first"]!.GetValue<int>());
    }

    [Fact]
    public void A_store_without_anything_committed_is_not_drawn()
    {
        using var store = new PictureStore(PictureStore.Grid(2, 2, Latitudes, Longitudes), 1);
        store.Fill(0, 0);
        Assert.Contains("nothing to draw", Assert.Throws<DataException>(() => store.Draw()).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(store.Target));
    }

    [Fact]
    public void One_member_has_neither_mean_nor_spread()
    {
        using var store = new PictureStore(PictureStore.Grid(1, 2, Latitudes, Longitudes), 5).Fill();
        Assert.Equal([(2, 0), (2, 1)], store.Draw().Planes(0).Keys.Order());
    }

    [Fact]
    public void A_file_too_small_for_all_thins_members_first_and_says_so()
    {
        var (latitudes, longitudes) = (Axis(40, -80, 4), Axis(90, 0, 4));
        using var store = new PictureStore(PictureStore.Grid(6, 3, latitudes, longitudes), 13).Fill();
        var whole = store.Draw();
        Assert.Empty(whole.Texts("thinned"));
        var most = 260 << 10;
        var thin = store.Draw(most);

        Assert.InRange(new FileInfo(store.Target).Length, 1, most);
        Assert.Equal(latitudes.Length, thin.Numbers("statistics", "rows").Length);
        Assert.InRange(thin.Numbers("member", "rows").Length, 1, (latitudes.Length / 2) + 1);
        Assert.Contains("Members: every", thin.Texts("thinned")[0], StringComparison.Ordinal);
        Assert.Subset(whole.Numbers("member", "rows").ToHashSet(), thin.Numbers("member", "rows").ToHashSet());
    }

    [Fact]
    public void The_same_store_gives_the_same_file()
    {
        using var store = new PictureStore(PictureStore.Grid(2, 2, Latitudes, Longitudes), 17).Fill();
        Assert.Equal(store.Draw().Html, store.Draw().Html);
    }

    [Fact]
    public void No_name_gets_out_of_its_place_in_the_page()
    {
        const string hostile = "</script><img src=x onerror=alert(1)> & /*{blocks}*/ \u2028";
        using var store = new PictureStore(PictureStore.Grid(2, 2, Latitudes, Longitudes), 19).Fill();
        var calm = store.Draw();
        Directory.CreateDirectory(Path.Combine(store.Store.Path, "<"));
        Directory.Move(Path.Combine(store.Store.Path, "q"), Path.Combine(store.Store.Path, "<", "script>"));
        store.Tamper(metadata =>
        {
            foreach (var document in new[] { ".zarray", ".zattrs" })
            {
                metadata[$"</script>/{document}"] = metadata[$"q/{document}"]!.DeepClone();
                metadata.Remove($"q/{document}");
            }
            metadata["u/.zattrs"]!["long_name"] = hostile;
            metadata["u/.zattrs"]!["units"] = hostile;
        });
        var picture = store.Draw(caption: new PictureCaption(hostile, [(hostile, hostile)]));

        Assert.Equal(Tags(calm.Html), Tags(picture.Html));
        Assert.Equal(hostile, picture.Facts["name"]!.GetValue<string>());
        Assert.Equal(
            ["</script>", "u"], picture.Facts["variables"]!.AsArray().Select(v => v!["name"]!.GetValue<string>()));
        Assert.Equal(calm.Planes(0).Keys, picture.Planes(0).Keys);
    }

    [Fact]
    public void A_file_that_is_no_picture_is_left_as_it_is()
    {
        using var store = new PictureStore(PictureStore.Grid(2, 2, Latitudes, Longitudes), 23).Fill();
        File.WriteAllText(store.Target, "<!doctype html>\n<p>mine");
        Assert.Contains("not drawn by Cairn", Assert.Throws<SpecException>(() => store.Draw()).Message, StringComparison.Ordinal);
        Assert.Equal("<!doctype html>\n<p>mine", File.ReadAllText(store.Target));
        Assert.Equal(["fields.zarr", "forecast.html"], Directory.GetFileSystemEntries(store.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_damaged_chunk_is_named()
    {
        using var store = new PictureStore(PictureStore.Grid(2, 2, Latitudes, Longitudes), 29).Fill();
        var chunk = Path.Combine(store.Store.Path, "u", "1.0.0.0.0");
        File.WriteAllBytes(chunk, File.ReadAllBytes(chunk)[..^9]);
        Assert.Contains("u/1.0.0.0.0", Assert.Throws<DataException>(() => store.Draw()).Message, StringComparison.Ordinal);
    }

    private static double[] Axis(int count, double first, double step) => [.. Enumerable.Range(0, count).Select(i => first + (step * i))];
    private static List<string> Tags(string html) => [.. Regex.Matches(html, "<[!/a-z][^>]*>").Select(m => m.Value)];

    [Fact]
    public void Each_initial_time_has_planes_and_facts_of_its_own()
    {
        var one = PictureStore.Grid(2, 3, Latitudes, Longitudes);
        using var store = new PictureStore(one with { LaterTimes = [.. Days(one, 1), .. Days(one, 2)] }, 5);
        store.Fill(0, 3);
        store.Fill(1, 3);
        store.Fill(4, 2);
        store.Fill(5, 1);

        var picture = store.Draw();

        // Of the second time nothing is committed.
        Assert.Equal(["1990-01-16T20:00:00", "1990-01-18T20:00:00"], picture.Facts["times"]!.AsArray().Select(t => $"{t!["initial"]}"));
        Assert.Equal("[2,1,0]", picture.Facts["times"]![1]!["counts"]!.ToJsonString());
        Assert.Equal("1990-01-19T02:00:00", $"{picture.Facts["times"]![1]!["valid"]![1]}");
        foreach (var (time, first) in new[] { (0, 0), (1, 4) })
        {
            var planes = picture.Planes((time * 2) + 1);
            var (values, step) = planes[(ReadPicture.FirstMember, 1)];
            AssertNear((row, column) => store.Value(first, 1, "u", 4 - row, WestFirst[column]), values, step, "seed 5");
        }
        Assert.DoesNotContain((ReadPicture.FirstMember, 2), picture.Planes(3).Keys);
    }

    [Fact]
    public void A_page_of_many_initial_times_keeps_some_and_says_so()
    {
        var one = PictureStore.Grid(1, 1, Latitudes, Longitudes);
        using var store = new PictureStore(one with { LaterTimes = [.. Enumerable.Range(1, 59).SelectMany(d => Days(one, d))] }, 5).Fill();

        var picture = store.Draw();

        Assert.Equal(20, picture.Facts["times"]!.AsArray().Count);
        Assert.Contains("Every third initial time is kept (20 of 60).", picture.Texts("thinned"));
    }

    private static CfTime[] Days(FieldLayout layout, int days) => [layout.Time.Add(TimeSpan.FromDays(days))];

    private static void AssertNear(Func<int, int, double> expected, double[] values, double step, string seed)
    {
        Assert.Equal(Latitudes.Length * Longitudes.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var wanted = expected(i / Longitudes.Length, i % Longitudes.Length);
            var near = double.IsNaN(wanted) ? double.IsNaN(values[i]) : Math.Abs(wanted - values[i]) <= (step / 2) + 1e-6;
            Assert.True(near, $"{seed}: point {i} is {values[i]}, expected {wanted} within {step / 2}");
        }
    }
}
